// The words of open alerts, in English and Vietnamese.

const EN = {
  alerts: "Open alerts",
  warn: "warning",
  critical: "critical",
  company: "company",
  "alert.value": "{metric} {value}, limit {limit}",
  "alert.silence": "{metric}: nothing new for {value}, limit {limit}",
  "alert.age": "{value} customers not converted, limit {limit}",
  "window.week": "{metric} this week",
  "window.month": "{metric} this month",
  alert_since: "since {time}",
  alert_take: "I take care",
  not_taken: "not noted: {why}",
  alerts_more: "and {count} more",
  one_open: "1 open alert",
  many_open: "{count} open alerts",
  all_over: "no open alerts",
};

const VI = {
  alerts: "Cảnh báo đang mở",
  warn: "cảnh báo",
  critical: "nghiêm trọng",
  company: "công ty",
  "alert.value": "{metric} {value}, ngưỡng {limit}",
  "alert.silence": "{metric}: không có thêm trong {value}, ngưỡng {limit}",
  "alert.age": "{value} khách hàng chưa chuyển đổi, ngưỡng {limit}",
  "window.week": "{metric} tuần này",
  "window.month": "{metric} tháng này",
  alert_since: "từ {time}",
  alert_take: "Tôi xử lý",
  not_taken: "chưa ghi nhận: {why}",
  alerts_more: "và {count} cảnh báo nữa",
  one_open: "1 cảnh báo đang mở",
  many_open: "{count} cảnh báo đang mở",
  all_over: "không còn cảnh báo nào",
};

/** Return the speaker of alerts: (word, values) -> text. */
export function alertSpeaker(language) {
  const words = language === "vi" ? VI : EN;
  return (name, values = {}) =>
    (words[name] ?? name).replace(/\{(\w+)\}/g, (_, slot) => values[slot] ?? "");
}

export const LANGUAGES = { en: EN, vi: VI };
