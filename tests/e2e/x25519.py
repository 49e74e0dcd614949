"""The public key of an X25519 private key, as in RFC 7748, section 5.

This is for tests only: it is slow, and its time tells something of the key.
"""

PRIME = 2 ** 255 - 19
A24 = 121665
BASE = 9


def public_key(private):
    """Returns the 32 bytes of the public key of 32 bytes."""
    scalar = int.from_bytes(private, "little")
    scalar = scalar & ~7 & (2 ** 255 - 1) | 2 ** 254
    x2, z2, x3, z3, swapped = 1, 0, BASE, 1, 0
    for bit in reversed(range(255)):
        digit = scalar >> bit & 1
        if swapped != digit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swapped = digit
        a, b = x2 + z2, x2 - z2
        c, d = x3 + z3, x3 - z3
        e = a * a - b * b
        cross, across = d * a, c * b
        x2, z2 = a * a * b * b % PRIME, e * (a * a + A24 * e) % PRIME
        x3, z3 = ((cross + across) ** 2 % PRIME,
                  BASE * (cross - across) ** 2 % PRIME)
    if swapped:
        x2, z2 = x3, z3
    return (x2 * pow(z2, -1, PRIME) % PRIME).to_bytes(32, "little")
