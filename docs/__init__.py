"""The docs, and what makes and checks them: examples, pictures, the site, the Chinese pages."""
