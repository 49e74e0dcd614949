"""A second implementation of gochat's protocol, for tests: written from
common/PROTOCOL.md alone, and made to break its rules where a test says so.

The sections in comments are those of that page.
"""
