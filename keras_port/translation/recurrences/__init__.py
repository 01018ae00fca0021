"""Loops, and steps written out one by one, become recurrent layers: stock ones, or RNN over a generated cell."""
