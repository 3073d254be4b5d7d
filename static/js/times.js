// Times in the reader's own zone, with the offset on hover; and how long something still lasts.
(() => {
  "use strict";
  const both = (number) => String(Math.abs(number)).padStart(2, "0");
  const offset = (date) => {
    const minutes = -date.getTimezoneOffset();
    const sign = minutes < 0 ? "−" : "+";
    return `UTC${sign}${both(Math.trunc(minutes / 60))}:${both(minutes % 60)}`;
  };
  const sameDay = (a, b) => a.toDateString() === b.toDateString();
  const local = (date) => {
    const time = `${both(date.getHours())}:${both(date.getMinutes())}`;
    if (sameDay(date, new Date())) return time;
    return `${date.getFullYear()}-${both(date.getMonth() + 1)}-${both(date.getDate())} ${time}`;
  };
  const left = (date) => {
    const minutes = Math.ceil((date - new Date()) / 60000);
    if (minutes <= 0) return "time is over";
    return minutes < 120 ? `${minutes} min left` : `${Math.round(minutes / 60)} h left`;
  };
  const show = (time) => {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.valueOf())) return;
    time.title = `${offset(date)} · ${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
    time.textContent = "left" in time.dataset ? left(date) : local(date);
  };
  const all = (root) => root.querySelectorAll("time[data-local], time[data-left]").forEach(show);
  window.consilium = Object.assign(window.consilium || {}, { local, left });
  all(document);
  setInterval(() => document.querySelectorAll("time[data-left]").forEach(show), 20000);
  document.addEventListener("htmx:afterSettle", (event) => all(event.target));
})();
