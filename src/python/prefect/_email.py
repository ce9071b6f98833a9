"""What prefect_email has: a server for mail, as a block, and the task that sends one."""
import enum
from typing import Any, Optional

from ._blocks import Block, SecretValue
from ._objects import task
from ._runners import run_sync_in_worker_thread


class SMTPType(enum.Enum):
    SSL = 465
    STARTTLS = 587
    INSECURE = 25


class SMTPServer(enum.Enum):
    AOL = "smtp.aol.com"
    ATT = "smtp.mail.att.net"
    COMCAST = "smtp.comcast.net"
    ICLOUD = "smtp.mail.me.com"
    GMAIL = "smtp.gmail.com"
    OUTLOOK = "smtp-mail.outlook.com"
    YAHOO = "smtp.mail.yahoo.com"


def member(kind, value):
    """The member of a name or a value; the value itself where there is none."""
    text = getattr(value, "value", value)
    for each in kind:
        if each.name == str(text).upper() or each.value == text:
            return each
    return value


class EmailServerCredentials(Block):
    """A server for mail, and whose mail it takes."""

    _block_type_name = "Email Server Credentials"
    _block_type_slug = "email-server-credentials"
    username: Optional[str] = None
    password: Optional[SecretValue] = None
    smtp_server: Any = SMTPServer.GMAIL
    smtp_type: Any = SMTPType.SSL
    smtp_port: Optional[int] = None

    def get_server(self):
        import smtplib
        import ssl

        kind = member(SMTPType, self.smtp_type)
        server = member(SMTPServer, self.smtp_server)
        host, port = getattr(server, "value", server), self.smtp_port or kind.value
        if kind is SMTPType.SSL:
            found = smtplib.SMTP_SSL(host, port, context=ssl.create_default_context())
        else:
            found = smtplib.SMTP(host, port)
            if kind is SMTPType.STARTTLS:
                found.starttls(context=ssl.create_default_context())
        if self.username is not None and self.password is not None:
            found.login(self.username, getattr(self.password, "get_secret_value", lambda: self.password)())
        return found


def addresses(value):
    return list(value) if isinstance(value, (list, tuple, set)) else [part.strip() for part in str(value or "").split(",") if part.strip()]


async def email_send_message(
    subject, msg, email_server_credentials, msg_plain=None, email_from=None, email_to=None, email_to_cc=None, email_to_bcc=None, attachments=None
):
    """Sends a message, as HTML."""
    from email.message import EmailMessage

    to, copies, hidden = addresses(email_to), addresses(email_to_cc), addresses(email_to_bcc)
    if not to + copies + hidden:
        raise ValueError("One of email_to, email_to_cc, or email_to_bcc must be specified")
    message = EmailMessage()
    message["Subject"], message["From"] = subject, email_from or email_server_credentials.username
    for name, values in (("To", to), ("Cc", copies), ("Bcc", hidden)):
        if values:
            message[name] = ", ".join(values)
    message.set_content(msg_plain or "")
    message.add_alternative(msg, subtype="html")
    for path in attachments or ():
        import os

        with open(path, "rb") as file:
            message.add_attachment(file.read(), maintype="application", subtype="octet-stream", filename=os.path.basename(str(path)))
    await run_sync_in_worker_thread(send, email_server_credentials, message)
    return message


def send(credentials, message):
    with credentials.get_server() as server:
        server.send_message(message)


email_send_message.__module__ = "prefect_email.message"
email_send_message = task(email_send_message)
