// Marks as inputs hold them, and back: the same texts as screens/forms/marks.py writes and reads, and as exact.
const thousandthsText = (number) => {
  const whole = Math.trunc(number / 1000), rest = String(number % 1000).padStart(3, "0");
  return `${whole}.${rest}`.replace(/\.?0+$/, "") || "0";
};
const wholeText = (number) => String(number);
const thousandths = (text) => {
  const found = /^\+?(\d{0,8})(?:\.(\d{0,3})0*)?$/.exec(text.trim());
  if (!found || !(found[1] || found[2])) return null;
  return Number(found[1] || 0) * 1000 + Number((found[2] || "").padEnd(3, "0"));
};
const whole = (text) => /^\d{1,15}$/.test(text.trim()) ? Number(text.trim()) : null;

const outlinesText = (outlines) => outlines
  .map((points) => points.map((point) => point.map(thousandthsText).join(" ")).join("\n"))
  .join("\n\n");
const outlines = (text) => {
  const blocks = text.trim().split(/\n[ \t]*\n/).filter((block) => block.trim());
  const found = blocks.map((block) => block.split("\n").filter((line) => line.trim())
    .map((line) => line.trim().split(/[\s,;]+/).map(thousandths)));
  const good = (point) => point.length === 2 && !point.includes(null);
  return found.length && found.flat().every(good) ? found : null;
};
const runsText = (slices) => slices.map((one) => `${one.slice}: ${one.runs.join(" ")}`).join("\n");
const runs = (text) => {
  const found = text.split("\n").filter((line) => line.trim()).map((line) => {
    const [number, rest] = line.split(":");
    return { slice: whole(number), runs: (rest || "").trim().split(/[\s,;]+/).filter(Boolean).map(whole) };
  });
  const good = (one) => one.slice !== null && !one.runs.includes(null);
  return found.length && found.every(good) ? found : null;
};

// The name of each input, where its value lies in the mark, and how it is written and read.
const px = (name, ...place) => [name, place, thousandthsText, thousandths];
const count = (name, ...place) => [name, place, wholeText, whole];
const PARTS = {
  point: [px("x", "at", 0), px("y", "at", 1)],
  length: [px("x1", "from", 0), px("y1", "from", 1), px("x2", "to", 0), px("y2", "to", 1)],
  box: [px("x1", "min", 0), px("y1", "min", 1), px("x2", "max", 0), px("y2", "max", 1)],
  ellipse: [px("x", "center", 0), px("y", "center", 1), px("r1", "radii", 0), px("r2", "radii", 1), px("angle", "angle_mdeg")],
  polygon: [["outline", [], null, outlines]],
  mask: [count("rows", "rows"), count("columns", "columns"), ["runs", ["slices"], runsText, runs]],
  span: [count("first", "frames", 0), count("last", "frames", 1)],
};
const SLICES = [count("slice1", "on", "slices", 0), count("slice2", "on", "slices", 1)];
const FRAME = count("frame", "on", "frame");
const OUTSIDE = new Set(["series", "sop"]); // of `on`: what no input shows

const at = (mark, place) => place.reduce((inside, step) => (inside == null ? inside : inside[step]), mark);
const put = (mark, place, value) => {
  place.slice(0, -1).reduce((inside, step, n) => (inside[step] ??= typeof place[n + 1] === "number" ? [] : {}), mark)[place.at(-1)] = value;
};

// What each input below a mark's name holds: {x1: "120.5", …, on: "{…}"}. `has(name)` says which inputs there are.
export const textsOf = (mark, has) => {
  const texts = {};
  for (const [name, place, write] of [...PARTS[mark.kind], ...SLICES, FRAME]) {
    if (!has(name)) continue;
    const value = at(mark, place);
    if (name === "outline") texts.outline = outlinesText([mark.points, ...(mark.holes || [])]);
    else texts[name] = value === undefined ? "" : write(value);
  }
  const shown = new Set([has("slice1") ? "slices" : "", has("frame") ? "frame" : ""]);
  const rest = Object.entries(mark.on || {}).filter(([key]) => OUTSIDE.has(key) || !shown.has(key)).sort();
  texts.on = rest.length ? JSON.stringify(Object.fromEntries(rest)) : "";
  return texts;
};

// The mark that inputs say; null as long as something is missing in them or can't be read.
export const markFrom = (kind, text, has) => {
  const mark = { kind, on: {} };
  try {
    Object.assign(mark.on, JSON.parse(text("on") || "{}"));
  } catch {
    return null;
  }
  for (const [name, place, , read] of [...PARTS[kind], ...SLICES, FRAME]) {
    if (!has(name)) continue;
    const typed = text(name);
    if (name === "frame" && !typed.trim()) continue;
    const value = read(typed);
    if (value === null) return null;
    if (name === "outline") {
      mark.points = value[0];
      if (value.length > 1) mark.holes = value.slice(1);
    } else put(mark, place, value);
  }
  return mark;
};
