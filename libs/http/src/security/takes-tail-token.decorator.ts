import type { CustomDecorator } from '@nestjs/common';
import { SetMetadata } from '@nestjs/common';

export const TAKES_TAIL_TOKEN = 'replog:takes-tail-token';

/** The route of a live tail: a tail token in the parameter `token` opens it in place of a key. */
export function TakesTailToken(): CustomDecorator {
  return SetMetadata(TAKES_TAIL_TOKEN, true);
}
