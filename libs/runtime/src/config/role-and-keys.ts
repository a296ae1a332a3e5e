/** The first variables of `NodeEnvironment`: what a node cannot start without, and its secrets. */
import type { Role } from '@replog/contracts/http.js';
import { IsIn, IsOptional, IsString, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';

import { FILE_ALLOWED, KEY_ALLOWED, KEY_PATTERN } from './allowed.js';
import { Variable } from './variable.js';

export class RoleAndKeys {
  @Variable({ allowed: '`master` or `secondary`', meaning: 'the role the node starts in; required' })
  @IsIn(['master', 'secondary'])
  SERVER_TYPE!: Role;

  @Variable({
    allowed: `${KEY_ALLOWED}, here or in \`API_KEY_FILE\``,
    meaning: 'the key of clients; required',
    isSecret: true,
  })
  @ValidateIf(({ API_KEY, API_KEY_FILE }: RoleAndKeys) => API_KEY !== undefined || API_KEY_FILE === undefined)
  @Matches(KEY_PATTERN)
  API_KEY!: string;

  @Variable({ allowed: FILE_ALLOWED, meaning: 'a file to read `API_KEY` from' })
  @IsOptional()
  @IsString()
  API_KEY_FILE?: string;

  @Variable({
    allowed: KEY_ALLOWED,
    meaning: 'the key of admin routes; opens client routes too',
    defaultMeaning: 'the same as `API_KEY`',
    isSecret: true,
  })
  @IsOptional()
  @Matches(KEY_PATTERN)
  ADMIN_API_KEY?: string;

  @Variable({ allowed: FILE_ALLOWED, meaning: 'a file to read `ADMIN_API_KEY` from' })
  @IsOptional()
  @IsString()
  ADMIN_API_KEY_FILE?: string;

  @Variable({
    allowed: '16 to 1024 characters',
    meaning: 'signs the tokens between nodes; the same on all nodes of a cluster',
    defaultMeaning: 'derived from `API_KEY`, with a warning',
    isSecret: true,
  })
  @IsOptional()
  @MinLength(16)
  @MaxLength(1024)
  CLUSTER_SECRET?: string;

  @Variable({ allowed: FILE_ALLOWED, meaning: 'a file to read `CLUSTER_SECRET` from' })
  @IsOptional()
  @IsString()
  CLUSTER_SECRET_FILE?: string;
}
