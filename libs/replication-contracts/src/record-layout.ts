/** Offsets of the fields in a record header, in bytes from the start of the record. See `record.ts`. */
export const CRC = 0;
export const CHAIN = 4;
export const BATCH = 8;
export const LENGTH = 12;
export const KIND = 16;
export const VERSION = 17;
export const KEY_LENGTH = 18;
export const EPOCH = 20;
export const INDEX = 24;
export const SEQ = 32;
export const TIMESTAMP = 40;

/** The first byte that the crc covers. */
export const COVERED = LENGTH;

export const TWO_32 = 0x1_0000_0000;
