/** Rounding of decimal numbers as people write them: 1.005 to two places is 1.01, and -2.5 is -3. */

/** Digits of a sum that a double can vouch for; beyond them 0.1 + 0.2 shows its binary tail. */
const SIGNIFICANT_DIGITS = 15;

export type Rounding = 'round' | 'floor' | 'ceil';

/** Rounds to so many decimals; halves go away from zero. */
export function rounded(number: number, decimals: number, how: Rounding = 'round'): number {
  const shifted = shift(number, decimals);
  const whole =
    how === 'round' ? Math.sign(shifted) * Math.round(Math.abs(shifted)) : Math[how](shifted);
  return shift(whole, -decimals) + 0;
}

/** A result without the tail that binary fractions leave. */
export function cleaned(number: number): number {
  return (Number.isInteger(number) ? number : Number(number.toPrecision(SIGNIFICANT_DIGITS))) + 0;
}

/** Moves the decimal point in the digits, since multiplying would round a first time. */
function shift(number: number, places: number): number {
  const [digits, exponent = '0'] = String(number).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}
