// Days as the tenant counts them ('2026-11-22'), their arithmetic, and how each language writes them.

const DAY_MS = 86_400_000;

const LOCALES = { en: "en-GB", vi: "vi-VN" };

/** Return the day so many days later. */
export function addDays(day, count) {
  return asDay(utc(day) + count * DAY_MS);
}

/** Return how many days lie between two days. */
export function daysBetween(first, last) {
  return Math.round((utc(last) - utc(first)) / DAY_MS);
}

/** Return the month ('2026-11') so many months later. */
export function addMonths(month, count) {
  const [year, number] = month.split("-").map(Number);
  const all = year * 12 + (number - 1) + count;
  return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, "0")}`;
}

/** Return the first and the last day of a month. */
export function daysOfMonth(month) {
  return [`${month}-01`, addDays(`${addMonths(month, 1)}-01`, -1)];
}

/** Return the first day of the week of a day; 1 is Monday, 7 is Sunday. */
export function weekStart(day, firstDay) {
  const weekday = new Date(utc(day)).getUTCDay() || 7;
  return addDays(day, -((weekday - firstDay + 7) % 7));
}

/** Return the day on which the week begins where a language is spoken: 1 is Monday. */
export function firstDayOf(language) {
  const locale = new Intl.Locale(LOCALES[language]);
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
}

function utc(day) {
  return Date.parse(`${day}T00:00:00Z`);
}

function asDay(ms) {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Writer of days, months and instants in one language and one zone. */
export class Days {
  constructor(language, zone) {
    const locale = LOCALES[language];
    const isVietnamese = language === "vi";
    const written = (options, timeZone = "UTC") =>
      new Intl.DateTimeFormat(locale, { timeZone, ...options });
    const date = isVietnamese
      ? { day: "2-digit", month: "2-digit", year: "numeric" }
      : { day: "numeric", month: "short", year: "numeric" };
    this.full = written(date);
    this.brief = written({ day: date.day, month: date.month });
    this.names = written({ weekday: "short" });
    this.months = written({ month: "long", year: "numeric" });
    this.moments = written(date, zone);
    this.clock = written({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone);
    this.iso = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
    this.relative = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "short" });
  }

  /** Write a day: 22 Nov 2026, 22/11/2026. */
  day(day) {
    return this.full.format(utc(day));
  }

  short(day) {
    return this.brief.format(utc(day)).replace("-", "/");
  }

  weekday(day) {
    return this.names.format(utc(day));
  }

  month(month) {
    return this.months.format(utc(`${month}-01`));
  }

  /** Write two days as one range. */
  range(first, last) {
    return first === last ? this.day(first) : `${this.short(first)} – ${this.day(last)}`;
  }

  /** Write an instant as the company's clock shows it. */
  instant(time) {
    return `${this.moments.format(Date.parse(time))}, ${this.time(time)}`;
  }

  time(time) {
    return this.clock.format(Date.parse(time));
  }

  dayOf(time) {
    return this.iso.format(Date.parse(time));
  }

  /** Write how long ago an instant is, in its largest unit. */
  ago(time, nowMs) {
    const minutes = Math.max(0, Math.round((nowMs - Date.parse(time)) / 60_000));
    if (minutes < 60) {
      return this.relative.format(-minutes, "minute");
    }
    if (minutes < 48 * 60) {
      return this.relative.format(-Math.round(minutes / 60), "hour");
    }
    return this.relative.format(-Math.round(minutes / 1440), "day");
  }
}
