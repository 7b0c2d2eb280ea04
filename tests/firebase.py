"""A project of Firebase with one person in it, as its tools write it: hashes of its own scrypt."""

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_SIGNER, _SEPARATOR, _SALT = b"s" * 32, b"\xfb\xff", b"\xfa\xf0salt"


def exported(folder: Path, email: str, password: str) -> Path:
    """What `firebase auth:export` writes."""
    key = hashlib.scrypt(password.encode(), salt=_SALT + _SEPARATOR, n=1 << 14, r=8, p=1, maxmem=1 << 26, dklen=32)
    encryptor = Cipher(algorithms.AES(key), modes.CTR(b"\0" * 16)).encryptor()
    hashed = urlsafe_b64encode(encryptor.update(_SIGNER) + encryptor.finalize()).decode()
    person = {"localId": "fb1", "email": email, "emailVerified": True, "displayName": "Ada Lovelace",
              "passwordHash": hashed, "salt": urlsafe_b64encode(_SALT).decode(), "createdAt": "1577934245000"}  # fmt: skip
    file = folder / "users.json"
    file.write_text(json.dumps({"users": [person]}))
    return file


def hash_config(folder: Path) -> Path:
    """The hash parameters, as the console shows them."""
    file = folder / "hash_config"
    file.write_text(
        f"hash_config {{\n  algorithm: SCRYPT,\n  base64_signer_key: {b64encode(_SIGNER).decode()},\n"
        f"  base64_salt_separator: {b64encode(_SEPARATOR).decode()},\n  rounds: 8,\n  mem_cost: 14,\n}}\n"
    )
    return file
