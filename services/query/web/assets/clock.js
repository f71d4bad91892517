// Times and days as the company's wall clock shows them, wherever the TV believes it is.

const TRUSTED_MS = 3000;

/** The company's clock: its zone, and the server's time where the screen's own clock is wrong. */
export class Clock {
  constructor(language, zone) {
    const locale = language === "vi" ? "vi-VN" : "en-GB";
    this.offset = 0;
    this.day = new Intl.DateTimeFormat(locale, {
      timeZone: zone,
      weekday: "long",
      day: "numeric",
      month: language === "vi" ? "numeric" : "short",
      ...(language === "vi" ? { year: "numeric" } : {}),
    });
    this.dayName = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "long" });
    this.iso = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
    this.full = timeFormat(locale, zone, true);
    this.brief = timeFormat(locale, zone, false);
  }

  /** Learn the server's time; differences below three seconds are the network's. */
  learn(serverMs, localMs) {
    const difference = serverMs - localMs;
    this.offset = Math.abs(difference) > TRUSTED_MS ? difference : 0;
  }

  now() {
    return Date.now() + this.offset;
  }

  date(ms) {
    return this.day.format(ms);
  }

  isToday(ms) {
    return this.iso.format(ms) === this.iso.format(this.now());
  }

  /** The hour of the company's day with its part, 0..24. */
  hourOfDay(ms = this.now()) {
    const [hours, minutes] = this.brief.format(ms).split(":").map(Number);
    return hours + minutes / 60;
  }

  /** What tells one hour of the company's clock from all others. */
  hourKey(ms = this.now()) {
    return `${this.iso.format(ms)} ${this.brief.format(ms).slice(0, 2)}`;
  }

  /** The company's date, 'YYYY-MM-DD'. */
  today() {
    return this.iso.format(this.now());
  }

  /** The name of a day 'YYYY-MM-DD'. */
  weekday(day) {
    return this.dayName.format(Date.parse(`${day}T12:00:00Z`));
  }

  seconds(ms) {
    return this.full.format(ms);
  }

  minutes(ms) {
    return this.brief.format(ms);
  }
}

function timeFormat(locale, timeZone, seconds) {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(seconds ? { second: "2-digit" } : {}),
  });
}
