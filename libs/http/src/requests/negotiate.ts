/**
 * Content negotiation by `Accept` (RFC 9110, section 12.5.1). The most specific range that matches a format gives its
 * weight. The highest weight wins, and the first offer among equals.
 */
import { ReplogError } from '@replog/contracts/errors.js';

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** 0 (not at all) to 1. */
  readonly quality: number;
}

/** Takes the `Accept` header and the media types on offer. Throws ReplogError NOT_ACCEPTABLE. */
export function negotiate<Offer extends string>(
  accept: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  const [first] = offers;
  if (accept === undefined || accept.trim() === '') return first;
  const ranges = accept.split(',').flatMap(parseRange);
  let best: { offer: Offer; quality: number } = { offer: first, quality: 0 };
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > best.quality) best = { offer, quality };
  }
  if (best.quality === 0) {
    throw new ReplogError('NOT_ACCEPTABLE', `This route answers in ${offers.join(', ')}: accept one of them.`, {
      extra: { offers },
    });
  }
  return best.offer;
}

function qualityOf(offer: string, ranges: readonly MediaRange[]): number {
  const [type, subtype] = offer.split('/');
  const matching = (wantType: string | undefined, wantSubtype: string | undefined): number | undefined =>
    ranges.find((range) => range.type === wantType && range.subtype === wantSubtype)?.quality;
  return matching(type, subtype) ?? matching(type, '*') ?? matching('*', '*') ?? 0;
}

/** Parameters other than `q`, such as a charset, are ignored. An invalid range matches nothing. */
function parseRange(text: string): MediaRange[] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [type, subtype, ...rest] = range.split('/');
  if (!type || !subtype || rest.length > 0) return [];
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
  if (weight === undefined) return [{ type, subtype, quality: 1 }];
  const quality = Number(weight.slice(weight.indexOf('=') + 1));
  return [{ type, subtype, quality: quality >= 0 && quality <= 1 ? quality : 0 }];
}
