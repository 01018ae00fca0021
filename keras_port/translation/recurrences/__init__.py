"""Recurrences, from while loops or unrolled, become recurrent layers: stock ones, or RNN with a generated cell."""
