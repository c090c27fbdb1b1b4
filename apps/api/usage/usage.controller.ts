import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ChangesNothing, Needs, OfAccount } from '../auth/needs.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { NormalizeUsageBody } from './normalize-usage.body.ts';
import { normalizedUsageView } from './normalized-usage.view.ts';
import { readUsage } from '../validation/read-usage.ts';

/** What Purser makes of usage, without using it. */
@Controller('v1/usage')
export class UsageController {
  @Post('normalize')
  @HttpCode(200)
  @Needs('authorize', 'read')
  @OfAccount('none')
  @ChangesNothing()
  normalize(@Body() { usage }: NormalizeUsageBody) {
    const read = readUsage(usage);
    if (read.unreadable.length > 0) throw invalidRequest(read.unreadable);
    return normalizedUsageView(read);
  }
}
