"""A message as a mail, handed to the mail server (RFC 5321): what it refuses for good and what may pass later are told apart.

A mail is sent at least once: when a worker is killed between the server's answer and our mark, it goes out again under the same
Message-ID, by which its readers' programs know it.
"""

import asyncio
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from server.ground import clock
from server.notifications.failures import NotSent
from server.notifications.outgoing import Encryption, Mail
from server.notifications.render import one_line

PATIENCE = 60.0
"""Seconds for the whole of a try; less than its lease."""
ANSWER = 20.0
"""Seconds for each answer of the server."""


def letter(mail: Mail, to: str, name: str, subject: str, text: str, language: str, message_id: str) -> EmailMessage:
    """The mail. The address was checked when the message was made; names and subjects are one line, so no header begins in them."""
    message = EmailMessage(policy=SMTP)
    message.set_content(text, charset="utf-8", cte="base64")  # it takes away what headers of the content there are
    message["From"] = _address(mail.sender_name, mail.sender)
    message["To"] = _address(name, to)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = language
    return message


async def hand_to_server(mail: Mail, to: str, message: EmailMessage) -> None:
    """Have the server take the mail. Raises `NotSent`."""
    try:
        async with asyncio.timeout(PATIENCE):
            await aiosmtplib.send(
                message, sender=mail.sender, recipients=[to], hostname=mail.host, port=mail.port, timeout=ANSWER,
                username=mail.user, password=mail.password, use_tls=mail.encryption is Encryption.TLS,
                start_tls=mail.encryption is Encryption.STARTTLS, local_hostname=mail.domain,
            )  # fmt: skip
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        raise NotSent(_said(refused.code, refused.message, mail), final=refused.code >= 500) from error
    except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPConnectResponseError) as error:
        # Of our settings or of the server, not of this message: whoever mends it, mends it for all that wait.
        raise NotSent(f"The mail server does not let us in: {error.code}.") from error
    except aiosmtplib.SMTPResponseException as error:
        raise NotSent(_said(error.code, error.message, mail), final=error.code >= 500) from error
    except (TimeoutError, OSError, aiosmtplib.SMTPException) as error:
        raise NotSent(_without_password(f"The mail server does not answer as it should: {error}", mail)) from error


def _address(name: str, address: str) -> Address:
    return Address(display_name=one_line(name), addr_spec=address)


def _said(code: int, answer: str, mail: Mail) -> str:
    return _without_password(f"The mail server said: {code} {answer}", mail)


def _without_password(text: str, mail: Mail) -> str:
    return text.replace(mail.password, "***") if mail.password else text
