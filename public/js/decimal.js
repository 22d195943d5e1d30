/**
 * Exact decimals on BigInt: what is shown while one types must be what the server computes. The value is
 * units ÷ 10^scale.
 * @typedef {{ units: bigint, scale: number }} Decimal
 */

/** @type {Decimal} */
export const ZERO = { units: 0n, scale: 0 };

/**
 * @param {string} text as the server writes numbers for machines
 * @returns {Decimal}
 */
export function decimal(text) {
  const [whole = '', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/** @param {number} exponent */
const power = (exponent) => 10n ** BigInt(exponent);

/**
 * @param {Decimal} a
 * @param {Decimal} b
 * @returns {Decimal}
 */
export function multiply(a, b) {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** @param {Decimal} value */
export const negated = ({ units, scale }) => ({ units: -units, scale });

/**
 * @param {Decimal} a
 * @param {Decimal} b
 */
export const subtract = (a, b) => add(a, negated(b));

/**
 * a ÷ b with so many digits, rounded towards zero or up.
 * @param {Decimal} a
 * @param {Decimal} b
 * @param {number} digits
 * @returns {Decimal}
 */
export function divide(a, b, digits, up = false) {
  const numerator = a.units * power(b.scale + digits);
  const denominator = b.units * power(a.scale);
  const quotient = numerator / denominator;
  return { units: up && numerator % denominator !== 0n ? quotient + 1n : quotient, scale: digits };
}

/**
 * a ÷ b with so many digits, a half upwards.
 * @param {Decimal} a
 * @param {Decimal} b
 * @param {number} digits
 * @returns {Decimal}
 */
export function divideHalfUp(a, b, digits) {
  const finer = divide(a, b, digits + 1);
  return { units: (finer.units + 5n) / 10n, scale: digits };
}

/**
 * Towards zero.
 * @param {Decimal} value
 * @param {number} digits
 */
export function round(value, digits) {
  return divide(value, { units: 1n, scale: 0 }, digits);
}

/**
 * @param {Decimal} a
 * @param {Decimal} b
 * @returns {Decimal}
 */
export function add(a, b) {
  const scale = Math.max(a.scale, b.scale);
  return { units: a.units * power(scale - a.scale) + b.units * power(scale - b.scale), scale };
}

/**
 * Below zero, zero or above, as a is less than, equal to or greater than b.
 * @param {Decimal} a
 * @param {Decimal} b
 */
export function compare(a, b) {
  const difference = add(a, { units: -b.units, scale: b.scale }).units;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * As a number for machines, which Intl formats without losing a digit.
 * @param {Decimal} value
 */
export function text({ units, scale }) {
  const digits = units.toString().padStart(scale + 1, '0');
  const written = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return /** @type {Intl.StringNumericLiteral} */ (written);
}
