/** mm to a tenth: what is read on a change order. */
export const tenths = (mm: number): number => Math.round(mm * 10) / 10;
export const mmOf = (metres: number): number => tenths(metres * 1000);
export const degOf = (rad: number): number => tenths((rad * 180) / Math.PI);

/** `−4°` with the sign that typesetters use. */
export const signed = (value: number): string => (value < 0 ? `−${-value}` : value > 0 ? `+${value}` : "0");
