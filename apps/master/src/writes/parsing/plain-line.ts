/**
 * Nearly every line of a batch is an object with the single member `message`, its name without escapes. This class checks
 * such lines in place, in one pass over their bytes, and makes no string or object. Every other line, invalid or merely
 * unusual, goes to `parseAppendBody`. So a "no" is always safe here, but a "yes" must never be a line that
 * `parseAppendBody` refuses or reads differently; the spec compares the two.
 *
 * The text must be valid UTF-8. No step recurses.
 */
import { MAX_NESTING } from '@replog/http/requests/json-shape.js';
import {
  QUOTE,
  BACKSLASH,
  COMMA,
  COLON,
  OPEN_ARRAY,
  CLOSE_ARRAY,
  OPEN_OBJECT,
  CLOSE_OBJECT,
  SPACE,
  TAB,
  LINE_FEED,
  CARRIAGE_RETURN,
  MINUS,
  POINT,
  ZERO,
  LETTER_U,
} from './json-bytes.js';

const NAME = Buffer.from('"message"');
const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));

/** 1 for each byte that needs no special handling inside a string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < SPACE || byte === QUOTE || byte === BACKSLASH ? 0 : 1,
);
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));

/** A table: a text full of escapes (Cyrillic from some clients) needs four lookups per character. */
const HEX_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => (/[0-9a-f]/i.test(String.fromCharCode(byte)) ? 1 : 0));

/** No value, or not a plain one. */
const NONE = -1;

export class PlainLine {
  /** Start and end of the value of `message` in the text. */
  start = 0;
  end = 0;
  /** Start of the next line: after the line feed, or at the end of the text. */
  next = 0;
  /** The expected closing brackets, the innermost last. */
  private readonly closing = new Uint8Array(MAX_NESTING);

  constructor(private readonly text: Buffer) {}

  /** Is there a plain line at `at`? If not, only `text` is valid afterwards. */
  find(at: number): boolean {
    const { text } = this;
    let place = this.behindBlanks(at);
    if (text[place] !== OPEN_OBJECT) return false;
    place = this.behindBlanks(place + 1);
    for (let letter = 0; letter < NAME.length; letter++) if (text[place + letter] !== NAME[letter]) return false;
    place = this.behindBlanks(place + NAME.length);
    if (text[place] !== COLON) return false;
    this.start = this.behindBlanks(place + 1);
    this.end = this.behindValue(this.start);
    if (this.end === NONE) return false;
    place = this.behindBlanks(this.end);
    return text[place] === CLOSE_OBJECT && this.isEndOfLine(this.behindBlanks(place + 1));
  }

  private isEndOfLine(at: number): boolean {
    const place = this.text[at] === CARRIAGE_RETURN ? at + 1 : at;
    if (place < this.text.length && this.text[place] !== LINE_FEED) return false;
    this.next = Math.min(place + 1, this.text.length);
    return true;
  }

  private behindBlanks(at: number): number {
    let place = at;
    while (this.text[place] === SPACE || this.text[place] === TAB) place++;
    return place;
  }

  private behindValue(at: number): number {
    const { text, closing } = this;
    let depth = 0;
    let place = at;
    for (;;) {
      const byte = text[place];
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (depth === MAX_NESTING) return NONE;
        closing[depth++] = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY;
        place = this.behindBlanks(place + 1);
        if (text[place] !== closing[depth - 1]) {
          if (byte === OPEN_OBJECT) place = this.behindName(place);
          if (place === NONE) return NONE;
          continue;
        }
      } else {
        place = this.behindScalar(place);
        if (place === NONE) return NONE;
      }
      while (depth > 0) {
        place = this.behindBlanks(place);
        if (text[place] !== closing[depth - 1]) break;
        depth -= 1;
        place += 1;
      }
      if (depth === 0) return place;
      if (text[place] !== COMMA) return NONE;
      place = this.behindBlanks(place + 1);
      if (closing[depth - 1] === CLOSE_OBJECT) place = this.behindName(place);
      if (place === NONE) return NONE;
    }
  }

  /** Skips a member's name and the colon after it. */
  private behindName(at: number): number {
    if (this.text[at] !== QUOTE) return NONE;
    const end = this.behindString(at);
    if (end === NONE) return NONE;
    const colon = this.behindBlanks(end);
    return this.text[colon] === COLON ? this.behindBlanks(colon + 1) : NONE;
  }

  private behindScalar(at: number): number {
    const byte = this.text[at] as number;
    if (byte === QUOTE) return this.behindString(at);
    if (byte === MINUS || isDigit(byte)) return this.behindNumber(at);
    return this.behindWord(at);
  }

  private behindString(at: number): number {
    const { text } = this;
    let place = at + 1;
    for (;;) {
      while (PLAIN[text[place] as number] === 1) place++;
      if (text[place] === QUOTE) return place + 1;
      if (text[place] !== BACKSLASH) return NONE;
      const escaped = text[place + 1] as number;
      if (ESCAPED.has(escaped)) place += 2;
      else if (escaped === LETTER_U && this.areHexDigits(place + 2)) place += 6;
      else return NONE;
    }
  }

  private areHexDigits(at: number): boolean {
    for (let place = at; place < at + 4; place++) if (HEX_DIGIT[this.text[place] as number] !== 1) return false;
    return true;
  }

  private behindNumber(at: number): number {
    const { text } = this;
    const first = text[at] === MINUS ? at + 1 : at;
    let place = this.behindDigits(first);
    if (place === NONE || (text[first] === ZERO && place > first + 1)) return NONE;
    if (text[place] === POINT) place = this.behindDigits(place + 1);
    if (place === NONE || !isExponent(text[place] as number)) return place;
    const sign = text[place + 1];
    return this.behindDigits(sign === MINUS || sign === 0x2b ? place + 2 : place + 1);
  }

  /** Skips digits, at least one. */
  private behindDigits(at: number): number {
    let place = at;
    while (isDigit(this.text[place] as number)) place++;
    return place === at ? NONE : place;
  }

  private behindWord(at: number): number {
    const word = WORDS.find((letters) => letters[0] === this.text[at]);
    if (word === undefined || word.some((letter, place) => this.text[at + place] !== letter)) return NONE;
    return at + word.length;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isExponent(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}
