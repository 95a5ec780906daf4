"""The certificate behind ``--tls``: the user's own files, or one made at start and kept nowhere."""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.errors import InvalidSetting

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName

_VALID = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC))
"""Fixed, so that a frozen or wrong clock does not matter to a certificate nobody can trust anyway."""


def context(setting: str, host: str) -> ssl.SSLContext:
    """Return the TLS context of the setting ``tls`` when it is not ``off``.

    ``host`` is named in a self-signed certificate beside localhost, 127.0.0.1 and ::1. Raises
    InvalidSetting when the files cannot be used or the ``tls`` extra is not installed (TRN-13).
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_alpn_protocols(["http/1.1"])
    if setting == "self-signed":
        with tempfile.TemporaryDirectory(prefix="jodo-mock-") as folder:
            file = Path(folder, "server.pem")
            file.touch(mode=0o600)
            file.write_bytes(_self_signed(host))
            made.load_cert_chain(file)
        return made
    certificate, _, key = setting.partition(",")
    for name in (certificate, key):
        _readable(name)
    try:
        made.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise InvalidSetting(
            f"cannot use the certificate {certificate} with the key {key}: {reason}"
        ) from None
    return made


def _readable(name: str) -> None:
    try:
        with Path(name).open("rb"):
            pass
    except OSError as error:
        raise InvalidSetting(f"cannot read the certificate file {name}: {error.strerror or error}") from None


def _self_signed(host: str) -> bytes:
    """Return a key and a certificate for it as PEM."""
    try:
        from cryptography import x509  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    except ImportError:
        raise InvalidSetting(
            "--tls self-signed needs the tls extra: pip install '.[tls]' in the project's folder"
        ) from None
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "jodo-mock")])
    names = dict.fromkeys(("localhost", "127.0.0.1", "::1", host))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), *_VALID)
        .add_extension(x509.SubjectAlternativeName([_general_name(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _general_name(host: str) -> GeneralName:
    from cryptography import x509  # noqa: PLC0415 - an extra

    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode("ascii"))
