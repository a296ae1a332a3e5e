/** The parameter `epoch` beside a seq in the path, for every route that takes it. */
import type { ApiQueryOptions } from '@nestjs/swagger';

export const EPOCH_QUERY: ApiQueryOptions = {
  name: 'epoch',
  required: false,
  description: 'Epoch of the message that is meant; without it, the message with this seq in whatever history',
  schema: { type: 'integer', minimum: 1 },
};
