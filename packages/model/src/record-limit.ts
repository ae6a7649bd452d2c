/** The largest record body in bytes: its length is two bytes in the frame. */
export const recordBytesMax = 65_535;
