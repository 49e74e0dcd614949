"""The cryptography of section 6: X25519, AES-256-GCM, HKDF, SipHash, scrypt.

libcrypto, which gochat links, does the first two and SipHash; the standard
library has the other hashes.  For tests: no key is wiped.
"""

import ctypes
import functools
import hashlib
import hmac

CRYPTO = ctypes.CDLL("libcrypto.so.3")
X25519 = 1034			# NID_X25519
GCM_SET_IVLEN, GCM_GET_TAG, GCM_SET_TAG = 9, 16, 17
TAG = 16
MAC = 16

POINTERS = ("EVP_PKEY_new_raw_private_key", "EVP_PKEY_new_raw_public_key",
            "EVP_PKEY_CTX_new", "EVP_CIPHER_CTX_new", "EVP_aes_256_gcm",
            "EVP_Q_mac")
for _name in POINTERS:
    getattr(CRYPTO, _name).restype = ctypes.c_void_p


class Forged(Exception):
    """Something that is sealed or signed does not open."""


def must(result):
    if not result or result < 0:
        raise RuntimeError("libcrypto refuses")
    return result


class Held:
    """A pointer of libcrypto's, freed at the end of a with."""

    def __init__(self, pointer, free):
        self.pointer = ctypes.c_void_p(must(pointer))
        self.free = free

    def __enter__(self):
        return self.pointer

    def __exit__(self, *_):
        getattr(CRYPTO, self.free)(self.pointer)


def _private(key):
    return Held(CRYPTO.EVP_PKEY_new_raw_private_key(X25519, None, key, 32),
                "EVP_PKEY_free")


def public_key(private):
    """Returns the X25519 public key of 32 bytes of private key."""
    out = ctypes.create_string_buffer(32)
    size = ctypes.c_size_t(32)
    with _private(private) as key:
        must(CRYPTO.EVP_PKEY_get_raw_public_key(key, out, ctypes.byref(size)))
    return out.raw


def exchange(private, public):
    """Computes X25519; raises Forged if all of the result is zero."""
    out = ctypes.create_string_buffer(32)
    size = ctypes.c_size_t(32)
    with _private(private) as key, Held(
            CRYPTO.EVP_PKEY_new_raw_public_key(X25519, None, public, 32),
            "EVP_PKEY_free") as other, Held(
            CRYPTO.EVP_PKEY_CTX_new(key, None),
            "EVP_PKEY_CTX_free") as context:
        must(CRYPTO.EVP_PKEY_derive_init(context))
        must(CRYPTO.EVP_PKEY_derive_set_peer(context, other))
        if CRYPTO.EVP_PKEY_derive(context, out, ctypes.byref(size)) <= 0:
            raise Forged("X25519")
    return out.raw


def _gcm(way, key, nonce, data, text, tag):
    """Runs AES-256-GCM by EVP_WAYInit_ex() and its like; returns (text,
    tag)."""
    def call(name, *arguments):
        return getattr(CRYPTO, "EVP_%s%s" % (way, name))(*arguments)

    out = ctypes.create_string_buffer(len(text) or 1)
    end = ctypes.create_string_buffer(tag or bytes(TAG), TAG)
    size = ctypes.c_int()
    with Held(CRYPTO.EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_free") as context:
        cipher = ctypes.c_void_p(CRYPTO.EVP_aes_256_gcm())
        must(call("Init_ex", context, cipher, None, None, None))
        must(CRYPTO.EVP_CIPHER_CTX_ctrl(context, GCM_SET_IVLEN, len(nonce),
                                        None))
        must(call("Init_ex", context, None, None, key, nonce))
        if data:
            must(call("Update", context, None, ctypes.byref(size), data,
                      len(data)))
        must(call("Update", context, out, ctypes.byref(size), text,
                  len(text)))
        if tag:
            must(CRYPTO.EVP_CIPHER_CTX_ctrl(context, GCM_SET_TAG, TAG, end))
        spare = ctypes.create_string_buffer(TAG)
        if call("Final_ex", context, spare, ctypes.byref(size)) <= 0:
            raise Forged("AES-GCM")
        if not tag:
            must(CRYPTO.EVP_CIPHER_CTX_ctrl(context, GCM_GET_TAG, TAG, end))
    return out.raw[:len(text)], end.raw


def seal(key, nonce, data, text):
    """Seals TEXT with the associated DATA: returns ciphertext and tag."""
    return b"".join(_gcm("Encrypt", key, nonce, data, text, None))


def open_sealed(key, nonce, data, sealed):
    """Returns the text; raises Forged."""
    if len(sealed) < TAG:
        raise Forged("too short")
    return _gcm("Decrypt", key, nonce, data, sealed[:-TAG], sealed[-TAG:])[0]


def counter_nonce(counter):
    """Returns the nonce of section 6.1: 4 zero bytes and the counter in 8."""
    return bytes(4) + counter.to_bytes(8, "big")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hmac_sha256(key, *parts):
    return hmac.digest(key, b"".join(parts), "sha256")


def hkdf(secret, info, size):
    """HKDF-SHA256 (RFC 5869) with a salt of 32 zero bytes."""
    prk = hmac_sha256(bytes(32), secret)
    block, out = b"", b""
    while len(out) < size:
        block = hmac_sha256(prk, block, info, bytes([len(out) // 32 + 1]))
        out += block
    return out[:size]


@functools.lru_cache(maxsize=None)
def scrypt(password, salt):
    """Derives the keys of section 6.2, which takes 64 MiB for a moment: so the
    result is kept."""
    return hashlib.scrypt(password, salt=salt, n=65536, r=8, p=1,
                          maxmem=1 << 27, dklen=32)


def siphash(key, data):
    """SipHash-2-4 with a result of 128 bits, as 16 bytes (section 1.2)."""
    out = ctypes.create_string_buffer(MAC)
    size = ctypes.c_size_t()
    must(CRYPTO.EVP_Q_mac(None, b"SIPHASH", None, None, None, key,
                          ctypes.c_size_t(len(key)), data,
                          ctypes.c_size_t(len(data)), out,
                          ctypes.c_size_t(MAC), ctypes.byref(size)))
    return out.raw
