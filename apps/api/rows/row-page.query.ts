import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { ROW_FORMATS, type RowFormat } from './row-format.ts';

/** What a list takes that can be had as a file, too. */
export class RowPageQuery extends PageQuery {
  @Describe(
    '`json` answers a page. `csv` and `jsonl` (JSON lines) answer every row, as a stream; they take no `limit` and no `cursor`. Default: what the header `Accept` names, or else `json`.',
  )
  @IsOptional()
  @IsIn(ROW_FORMATS)
  readonly format?: RowFormat;
}
