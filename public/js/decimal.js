/**
 * Exact decimals on BigInt: what is shown while one types must be what the server computes.
 * A decimal is { units, scale }: units ÷ 10^scale.
 */
export function decimal(text) {
  const [whole, fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

const power = (exponent) => 10n ** BigInt(exponent);

export function multiply(a, b) {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** a ÷ b with so many digits, rounded towards zero or up. */
export function divide(a, b, digits, up = false) {
  const numerator = a.units * power(b.scale + digits);
  const denominator = b.units * power(a.scale);
  const quotient = numerator / denominator;
  return { units: up && numerator % denominator !== 0n ? quotient + 1n : quotient, scale: digits };
}

export function round(value, digits) {
  return divide(value, { units: 1n, scale: 0 }, digits);
}

export function add(a, b) {
  const scale = Math.max(a.scale, b.scale);
  return { units: a.units * power(scale - a.scale) + b.units * power(scale - b.scale), scale };
}

/** Below zero, zero or above, as a is less than, equal to or greater than b. */
export function compare(a, b) {
  const difference = add(a, { units: -b.units, scale: b.scale }).units;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function text(value) {
  if (value.scale === 0) return value.units.toString();
  const digits = value.units.toString().padStart(value.scale + 1, '0');
  return `${digits.slice(0, -value.scale)}.${digits.slice(-value.scale)}`;
}
