"""E-mail through SMTP: one message about one change of one alert."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, Final

import aiosmtplib
import orjson

from schemas.webhooks import ID_HEADER
from services.notifier.metrics import NotifierMetrics
from services.notifier.sender import Outcome, Send
from services.notifier.settings import NotifierSettings

_SCHEME: Final = "mailto:"
_SENT: Final = 250


class Channels:
    """Sends to web addresses as they are, and to mail addresses through a mail server."""

    def __init__(
        self, settings: NotifierSettings, web: Send, metrics: NotifierMetrics | None = None
    ) -> None:
        self._settings = settings
        self._web = web
        self.metrics = metrics

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Send a message; the outcome says what happened."""
        if not url.startswith(_SCHEME):
            return await self._web(url, headers, body)
        began = time.monotonic()
        message = written(url.removeprefix(_SCHEME), self._settings, headers[ID_HEADER], body)
        status, error = 0, "no mail server is set"
        if self._settings.smtp_host:
            status, error = await self._post(message)
        if self.metrics is not None:
            self.metrics.mails.labels("failed" if error else "sent").inc()
        return Outcome(0 if error else status, round((time.monotonic() - began) * 1000), error)

    async def _post(self, message: EmailMessage) -> tuple[int, str]:
        settings = self._settings
        password = settings.smtp_password.get_secret_value()
        try:
            async with asyncio.timeout(settings.delivery_timeout_s):
                await aiosmtplib.send(
                    message,
                    hostname=settings.smtp_host,
                    port=settings.smtp_port,
                    use_tls=settings.smtp_tls == "tls",
                    start_tls=settings.smtp_tls == "starttls",
                    username=settings.smtp_user or None,
                    password=password or None,
                )
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return 0, type(error).__name__
        return _SENT, ""


def written(address: str, settings: NotifierSettings, message_id: str, body: bytes) -> EmailMessage:
    """Write an e-mail about what a webhook would be told."""
    told: dict[str, Any] = orjson.loads(body)
    data = told["data"]
    message = EmailMessage()
    message["From"], message["To"] = settings.smtp_from, address
    message["Message-ID"] = f"<{message_id}@salespulse>"
    if told["type"] == "alert.changed":
        subject = f"[{data['state']}] {data['name']}"
        lines = [
            f"{data['name']}: {data['before']} -> {data['state']}",
            f"{data['metric']} of {data['scope']} {data['id']}{_below(data)}: {data['value']}",
            f"at {data['at']}, occurrence {data['occurrence']}",
        ]
    else:
        subject = f"Webhook {data.get('webhook', '')} is disabled"
        lines = [str(data.get("reason", "")), f"since {data.get('since', '')}"]
    message["Subject"] = " ".join(subject.split())
    message.set_content("\n".join(lines))
    return message


def _below(data: Mapping[str, Any]) -> str:
    return " with those below" if data["sub"] else ""
