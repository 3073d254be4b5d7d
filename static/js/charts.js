// Draws `<figure data-chart="address">` from the numbers that the API serves, over the table that says the same.
// A figure says what became of it: data-drawn is "yes", "nothing" or "failed". Colours are those of the page's theme.
(() => {
  "use strict";
  const root = document.documentElement;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const drawn = new Map(); // figure → { shown, chart }
  const DAY = 86400000;

  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const clear = (hex, part) => `${hex}${Math.round(part * 255).toString(16).padStart(2, "0")}`;
  const isDays = (shown) => shown.across === "Day";
  const place = (label) => Date.parse(`${label}T00:00:00Z`) / DAY;
  const day = (value) => new Date(Math.round(value) * DAY).toISOString().slice(0, 10);
  const said = (shown, value) => {
    if (value === null || value === undefined) return "";
    return shown.unit === "%" ? `${(100 * value).toFixed(1)} %` : value.toLocaleString("en", { maximumFractionDigits: 2 });
  };

  const points = (shown, curve) =>
    isDays(shown) ? curve.values.map((y, n) => ({ x: place(shown.labels[n]), y })) : curve.values;

  const looks = {
    area: (ink, alone) => ({ borderColor: ink, backgroundColor: clear(ink, 0.55), borderWidth: 1, fill: true, pointRadius: alone ? 4 : 0 }),
    bars: (ink) => ({ type: "bar", backgroundColor: ink, maxBarThickness: 48 }),
    line: (ink, alone, again) => ({ borderColor: ink, backgroundColor: ink, borderWidth: 2, pointRadius: alone ? 5 : 3, spanGaps: true, ...(again ? { borderDash: [4, 3], pointStyle: "triangle" } : {}) }),
    dots: (ink) => ({ borderColor: ink, backgroundColor: ink, showLine: false, pointRadius: 4 }),
    dashed: (ink, alone) => ({ borderColor: colour("--bs-body-color"), borderDash: [7, 5], borderWidth: 2, pointRadius: alone ? 3 : 0 }),
    limit: (ink, alone) => ({ borderColor: colour("--c-urgent"), borderDash: [3, 3], borderWidth: 1.5, pointRadius: alone ? 3 : 0, spanGaps: true }),
    band_low: () => ({ borderWidth: 0, pointRadius: 0, pointHitRadius: 0 }),
    band_high: () => ({ borderWidth: 0, pointRadius: 0, pointHitRadius: 0, fill: "-1", backgroundColor: clear(colour("--c-muted"), 0.28) }),
  };

  const dataset = (shown) => (curve, n) => {
    const ink = colour(`--chart-${curve.colour % 8}`);
    const alone = curve.values.filter((value) => value !== null).length === 1; // a line of one point is no line
    const stacked = shown.stacked && (curve.drawn === "area" || curve.drawn === "bars");
    return { label: curve.name, data: points(shown, curve), stack: stacked ? "one" : `own-${n}`, ...looks[curve.drawn](ink, alone, curve.colour > 7) };
  };

  const across = (shown, ink, line) => {
    const common = { ticks: { color: ink, maxRotation: 0, autoSkipPadding: 16 }, grid: { color: line }, title: { display: true, text: shown.across, color: ink } };
    if (!isDays(shown)) return { ...common, stacked: shown.stacked, offset: true };
    const ends = [place(shown.labels[0]), place(shown.labels[shown.labels.length - 1])];
    return { ...common, type: "linear", min: ends[0], max: Math.max(ends[1], ends[0] + 1), ticks: { ...common.ticks, precision: 0, callback: day } };
  };

  const upward = (shown, ink, line) => ({
    stacked: shown.stacked,
    beginAtZero: true,
    ...(shown.unit === "%" ? { suggestedMax: 1 } : {}),
    ticks: { color: ink, precision: shown.unit === "cases" ? 0 : undefined, callback: (value) => (shown.unit === "%" ? `${Math.round(100 * value)} %` : said(shown, value)) },
    grid: { color: line },
    title: { display: true, text: shown.unit === "%" ? "per cent" : shown.unit, color: ink },
  });

  const settings = (shown) => {
    const [ink, line] = [colour("--c-muted"), colour("--c-line")];
    return {
      type: "line",
      data: { labels: isDays(shown) ? undefined : shown.labels, datasets: shown.curves.map(dataset(shown)) },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: still.matches ? false : { duration: 250 },
        interaction: { mode: "index", intersect: false },
        scales: { x: across(shown, ink, line), y: upward(shown, ink, line) },
        plugins: {
          legend: { position: "bottom", labels: { color: ink, boxWidth: 14, usePointStyle: shown.curves.length > 8, filter: (item) => !shown.curves[item.datasetIndex].drawn.startsWith("band_") } },
          tooltip: {
            filter: (item) => item.parsed.y !== null && !Number.isNaN(item.parsed.y),
            callbacks: {
              title: (items) => (items.length && isDays(shown) ? day(items[0].parsed.x) : items[0] ? items[0].label : ""),
              label: (item) => `${item.dataset.label}: ${said(shown, item.parsed.y)}`,
            },
          },
        },
      },
    };
  };

  const draw = (figure, shown) => {
    const before = drawn.get(figure);
    if (before) before.chart.destroy();
    const frame = figure.querySelector("[data-chart-frame]");
    frame.hidden = false;
    drawn.set(figure, { shown, chart: new window.Chart(frame.querySelector("canvas"), settings(shown)) });
    figure.dataset.drawn = "yes";
    figure.dataset.theme = root.dataset.bsTheme;
  };

  const fetched = async (figure) => {
    try {
      const answer = await fetch(figure.dataset.chart, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { chart } = await answer.json();
      if (chart && chart.labels.length) draw(figure, chart);
      else figure.dataset.drawn = "nothing";
    } catch {
      figure.dataset.drawn = "failed"; // the table says the same
    }
  };

  const all = (within) => within.querySelectorAll("figure[data-chart]:not([data-drawn])").forEach((figure) => {
    figure.dataset.drawn = "coming";
    fetched(figure);
  });
  const again = () => {
    drawn.forEach(({ shown, chart }, figure) => {
      if (figure.isConnected) draw(figure, shown);
      else {
        chart.destroy();
        drawn.delete(figure);
      }
    });
  };

  all(document);
  document.addEventListener("htmx:afterSettle", (event) => all(event.target));
  new MutationObserver(again).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  still.addEventListener("change", again);
})();
