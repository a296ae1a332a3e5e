/** Limits for what nodes say about themselves. */

export const MAX_EPOCH = 0xffff_ffff;
export const MAX_PORT = 65_535;
export const MAX_ID_LENGTH = 64;
export const NODE_URL = {
  require_tld: false,
  require_protocol: true,
  protocols: ['http', 'https'],
  require_port: false,
  allow_underscores: true,
};
