"""Schedules of deployments."""
import datetime


class Schedule:
    def __init__(self, **fields):
        self.__dict__.update(fields)

    def dict(self):
        return dict(self.__dict__)

    def to_api(self):
        found = {key: value for key, value in self.__dict__.items() if value is not None}
        for key, value in found.items():
            if isinstance(value, datetime.timedelta):
                found[key] = value.total_seconds()
            elif isinstance(value, datetime.datetime):
                moment = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
                found[key] = moment.isoformat()
        return found


class CronSchedule(Schedule):
    def __init__(self, cron, timezone=None, day_or=True):
        super().__init__(cron=cron, timezone=timezone, day_or=day_or)


class IntervalSchedule(Schedule):
    def __init__(self, interval, anchor_date=None, timezone=None):
        interval = interval if isinstance(interval, datetime.timedelta) else datetime.timedelta(seconds=interval)
        super().__init__(interval=interval, anchor_date=anchor_date, timezone=timezone)


class RRuleSchedule(Schedule):
    def __init__(self, rrule, timezone=None):
        super().__init__(rrule=str(rrule), timezone=timezone)
