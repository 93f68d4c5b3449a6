// How numbers are read and written.

/** Four decimals; digits and an exponent where those would say little; no negative zero. */
function show(x) {
  if (x === undefined || x === null) return "·";
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x === 0) return "0.0000";
  const size = Math.abs(x);
  const text = size < 5e-4 || size >= 1e6 ? x.toExponential(3) : x.toFixed(4);
  return text.replaceAll("-", "−").replace("e+", "e");
}

/** With its sign, as the second term of a sum. */
const showSigned = (x) => (x >= 0 ? `+${show(x)}` : show(x));

/** Without the zeros at its end, as the crate writes numbers in pictures. */
const brief = (x) => show(x).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

/** A number as people say it: short, with the word for the sign. */
const spoken = (x) => brief(x).replace("−", "minus ");

/** Reads what people type: a comma or a point, a minus of either kind, fractions. NaN for anything else. */
function read(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".").replace(/^\+/, "");
  const fraction = plain.match(/^(-?[\d.]+)\s*\/\s*([\d.]+)$/);
  if (fraction) return Number(fraction[1]) / Number(fraction[2]);
  return plain === "" ? NaN : Number(plain);
}

/** In full, as it can be typed again. */
const full = (x) => String(x);

/** Parentheses around a negative number beside a sign of arithmetic. */
const guarded = (x, alone) => (x < 0 && !alone ? `(${show(x)})` : show(x));

/** Fills how an op is written with numbers: `{} * {}` becomes `2.0000 × (−3.0000)`. */
function fillWithNumbers(written, numbers) {
  const isCall = /^[\w]*\(.*\)$/.test(written);
  if (numbers.length !== 1 && (written.match(/\{/g) ?? []).length === 1) {
    return written.replace("{}", numbers.map(show).join(", "));
  }
  let next = 0;
  return pretty(written).replace(/\{(\d*)\}/g, (gap, place) => {
    const k = place === "" ? next : Number(place);
    next++;
    return guarded(numbers[k], isCall);
  });
}

/** Signs of arithmetic as they are printed. */
const pretty = (formula) => formula.replaceAll(" * ", " × ").replaceAll(" - ", " − ").replace(/(^|[(,\s])-(?=[\w({])/g, "$1−");
