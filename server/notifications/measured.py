"""What is counted of messages; how many wait, and how long, is read from the database (`process/database_figures.py`)."""

from prometheus_client import Counter

TRIED = Counter("fieldproof_notification_tries", "Tries to send a message, by way", ("channel",))
SENT = Counter("fieldproof_notifications_sent", "Messages that were sent, by way", ("channel",))
FAILED = Counter("fieldproof_notifications_failed", "Messages that were given up, by way", ("channel",))
