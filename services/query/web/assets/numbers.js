// How figures are written: at most four significant characters on a board, exact on demand.

const THIN = "\u202f";
const FIXED = "\u00a0";

/** Writer of figures in one language; money without a currency of its own is the tenant's. */
export class Numbers {
  constructor(language, currency, say) {
    this.language = language;
    this.currency = currency;
    this.say = say;
    this.whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    this.four = new Intl.NumberFormat(language, { maximumSignificantDigits: 4 });
    this.compact = new Intl.NumberFormat(language, {
      notation: "compact",
      maximumSignificantDigits: 3,
    });
  }

  /** Write a figure for five metres: {digits, suffix}; null means unknown, never zero. */
  short(value, unit, currency = this.currency) {
    if (value === null || value === undefined) {
      return { digits: "–", suffix: "" };
    }
    if (unit === "seconds" || unit === "seconds_mean") {
      return this.duration(value);
    }
    if (unit === "ratio") {
      return { digits: this.minus(this.four.format(Math.round(value * 100))), suffix: "%" };
    }
    const money = unit === "money" || unit === "money_mean";
    const scaled = this.scale(money ? value / 10 ** minorDigits(currency) : value);
    const sign = money ? currencySign(this.language, currency) : "";
    return { digits: scaled.digits, suffix: [scaled.suffix, sign].filter(Boolean).join(THIN) };
  }

  /** Write a figure in one string for a sentence. */
  text(value, unit, currency = this.currency) {
    const { digits, suffix } = this.short(value, unit, currency);
    return suffix ? digits + FIXED + suffix : digits;
  }

  /** Write a figure exactly. */
  exact(value, unit, currency = this.currency) {
    if (value === null || value === undefined) {
      return "–";
    }
    if (unit === "seconds" || unit === "seconds_mean") {
      return this.longDuration(value);
    }
    if (unit === "ratio") {
      const percent = new Intl.NumberFormat(this.language, { maximumFractionDigits: 2 });
      return this.minus(percent.format(value * 100)) + FIXED + "%";
    }
    if (unit === "money" || unit === "money_mean") {
      const digits = minorDigits(currency);
      const amount = new Intl.NumberFormat(this.language, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
      const written = this.minus(amount.format(value / 10 ** digits));
      return written + FIXED + currencySign(this.language, currency);
    }
    return this.minus(this.whole.format(value));
  }

  /** Return the sign of the tenant's money. */
  sign() {
    return currencySign(this.language, this.currency);
  }

  scale(value) {
    if (Math.abs(value) < 9999.5) {
      return { digits: this.minus(this.four.format(value)), suffix: "" };
    }
    const parts = this.compact.formatToParts(value);
    const suffix = parts.filter((part) => part.type === "compact").map((part) => part.value);
    const digits = parts.filter((part) => part.type !== "compact" && part.type !== "literal");
    return {
      digits: this.minus(digits.map((part) => part.value).join("")),
      suffix: suffix.join(""),
    };
  }

  duration(seconds) {
    const sign = seconds < 0 ? "−" : "";
    const all = Math.floor(Math.abs(seconds));
    if (all < 60) {
      return { digits: sign + all, suffix: this.say("unit_s") };
    }
    if (all < 3600) {
      return { digits: `${sign}${Math.floor(all / 60)}:${two(all % 60)}`, suffix: this.say("unit_min") };
    }
    const hours = Math.floor(all / 3600);
    if (hours < 100) {
      return { digits: `${sign}${hours}:${two(Math.floor((all % 3600) / 60))}`, suffix: this.say("unit_h") };
    }
    const scaled = this.scale(hours);
    return { digits: sign + scaled.digits, suffix: scaled.suffix + this.say("unit_h") };
  }

  longDuration(seconds) {
    const all = Math.floor(Math.abs(seconds));
    const parts = [
      [Math.floor(all / 3600), this.say("unit_h")],
      [Math.floor((all % 3600) / 60), this.say("unit_min")],
      [all % 60, this.say("unit_s")],
    ];
    const first = parts.findIndex(([count]) => count > 0);
    const shown = first < 0 ? parts.slice(2) : parts.slice(first);
    const sign = seconds < 0 ? "−" : "";
    return sign + shown.map(([count, unit]) => this.whole.format(count) + FIXED + unit).join(" ");
  }

  minus(text) {
    return text.replace("-", "−");
  }
}

/** Return how many decimal digits the minor unit of a currency has (VND 0, USD 2). */
export function minorDigits(currency) {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions()
    .maximumFractionDigits;
}

function currencySign(language, currency) {
  const parts = new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  }).formatToParts(0);
  return parts.find((part) => part.type === "currency").value;
}

function two(number) {
  return String(number).padStart(2, "0");
}
