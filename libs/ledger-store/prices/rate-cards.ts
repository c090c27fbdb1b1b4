import type { Json, JsonObject } from '#amounts';
import type { Pool } from '#database';
import { newUuid, publicId } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import { change, type ChangeAnswer, type Changed, type ChangeOutcome, type ChangeRequest } from '../change/change.ts';
import { readClock } from '../clocks/test-clocks.ts';
import { isoTime } from '../iso-time.ts';
import { queryable, type Queryable } from '../queryable.ts';
import { attemptRead } from '../read/attempt-read.ts';
import type { Page, PageRequest } from '../read/page.ts';
import type { ListedRateCard, ListedVersion, RateCard, RateCardPurpose, VersionedRateCard } from './rate-card.ts';
import {
  archiveCard,
  findCard,
  findSchedule,
  insertCard,
  insertVersion,
  listCards,
  listVersions,
  lockCard,
} from './rate-card-rows.ts';
import type { RateCardMirror } from './rate-card-mirror.ts';
import { isNeverEffective, latestVersion } from './schedule.ts';

/** `version_never_effective`: by the time that it is said to take effect, a later one has. */
export type RateCardRefusal = 'rate_card_not_found' | 'rate_card_archived' | 'version_never_effective';

/** What decisions take for the database's time may be so late. */
const CLOCK_LAG_MS = 10;

type Outcome = ChangeOutcome<RateCardRefusal>;
type Result = Promise<Changed<RateCardRefusal>>;
type AnswerCard = (shown: VersionedRateCard) => ChangeAnswer;

export interface RateCardTerms {
  readonly name: string;
  readonly unit: string;
  readonly purpose: RateCardPurpose;
  /** That they can be read has been checked. */
  readonly prices: Json;
}

export interface NewPrices {
  readonly id: string;
  readonly prices: Json;
  /** Milliseconds since 1970; `null`: now, by the environment's clock. */
  readonly effectiveAt: number | null;
}

/**
 * Rate cards: managed by requests, each with its entry in the audit log. The mirror of this process knows each change when
 * its request is answered.
 *
 * Every method throws {@link LedgerUnavailable} where the database isn't there or the outcome of a commit is unknown.
 */
export class RateCards {
  constructor(
    private readonly pool: Pool,
    private readonly mirror: Pick<RateCardMirror, 'noticeChange'>,
  ) {}

  create(request: ChangeRequest, terms: RateCardTerms, answer: AnswerCard): Result {
    return this.noticed(request, async (database) => {
      const { environment, actor } = request;
      const { prices, ...named } = terms;
      const createdBy = actor.keyId;
      const { now } = await readClock(database, environment);
      const card = await insertCard(database, { ...named, id: newUuid(Date.now()), environment, createdBy });
      const version = await insertVersion(database, {
        card: card.id,
        version: 1,
        prices,
        effectiveAt: now,
        createdBy,
      });
      return changed({ card, version }, null, answer);
    });
  }

  /** Adds a version. Answered when every process has it: a test clock may be advanced to its time at once. */
  async publish(request: ChangeRequest, { id, prices, effectiveAt }: NewPrices, answer: AnswerCard): Result {
    let knownFrom = 0;
    const result = await this.noticed(request, async (database) => {
      const { environment, actor } = request;
      const card = await lockCard(database, environment, id);
      if (!card) return refused('rate_card_not_found');
      if (card.archivedAt !== null) return refused('rate_card_archived');
      const { now } = await readClock(database, environment);
      const schedule = await findSchedule(database, id);
      const from = effectiveAt ?? now;
      if (isNeverEffective(schedule, from, now)) return refused('version_never_effective');
      const version = await insertVersion(database, {
        card: id,
        version: latestVersion(schedule) + 1,
        prices,
        effectiveAt: from,
        createdBy: actor.keyId,
      });
      knownFrom = performance.now() + version.knownFrom - version.createdAt + CLOCK_LAG_MS;
      return changed({ card, version }, null, answer);
    });
    await sleep(Math.max(0, knownFrom - performance.now()));
    return result;
  }

  /** No new version is added to it, and no account can get it any more. Whoever has it keeps it. */
  archive(request: ChangeRequest, id: string, answer: AnswerCard): Result {
    return this.noticed(request, async (database) => {
      const before = await lockCard(database, request.environment, id);
      const shown = before && (await findCard(database, request.environment, id, null));
      if (!before || !shown) return refused('rate_card_not_found');
      if (before.archivedAt !== null) return { ok: true, answer: answer(shown), audited: [] };
      return changed({ ...shown, card: await archiveCard(database, id) }, before, answer);
    });
  }

  /** @param version the one in effect by the environment's clock where it is `null` */
  find(environment: string, id: string, version: number | null): Promise<VersionedRateCard | null> {
    return attemptRead(() => findCard(queryable(this.pool), environment, id, version));
  }

  list(environment: string, page: PageRequest): Promise<Page<ListedRateCard>> {
    return attemptRead(() => listCards(queryable(this.pool), environment, page));
  }

  /** @returns `null` where the environment has no such card */
  listVersions(environment: string, id: string, page: PageRequest): Promise<Page<ListedRateCard> | null> {
    return attemptRead(() => listVersions(queryable(this.pool), environment, id, page));
  }

  private async noticed(request: ChangeRequest, work: (database: Queryable) => Promise<Outcome>): Result {
    const result = await change(this.pool, request, work);
    await this.mirror.noticeChange();
    return result;
  }
}

function refused(refusal: RateCardRefusal): Outcome {
  return { ok: false, refusal };
}

function changed(shown: VersionedRateCard, before: RateCard | null, answer: AnswerCard): Outcome {
  const { card, version } = shown;
  const audited = {
    environment: card.environment,
    object: publicId('rateCard', card.id),
    before: before && auditView(before, version),
    after: auditView(card, version),
  };
  return { ok: true, answer: answer(shown), audited: [audited] };
}

/** Its prices stay where they are: a version is never changed or deleted. */
function auditView({ name, unit, purpose, archivedAt }: RateCard, { version, effectiveAt }: ListedVersion): JsonObject {
  return {
    name,
    unit,
    purpose,
    version,
    effective_at: isoTime(effectiveAt),
    archived_at: archivedAt === null ? null : isoTime(archivedAt),
  };
}
