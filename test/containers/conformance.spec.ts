import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { expectDeliveredTogether } from '../cli/expect-delivered-together.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.ts';
import { expectConformance } from './expect-conformance.ts';
import { isDockerThere } from './is-docker-there.ts';

/** The oldest that Purser runs on, and the one that docker-compose.yml has. */
const POSTGRES_IMAGES = ['postgres:15', 'postgres:18'];
/** The oldest that the queues run on, and the one that docker-compose.yml has. */
const REDIS_IMAGES = ['redis:6.2', 'redis:8'];
/** An image may have to be fetched first. */
const START_MS_MAX = 240_000;
/** It starts three processes, and builds them first. */
const TEST_MS_MAX = 120_000;

const isThere = await isDockerThere();
if (!isThere) {
  const images = [...POSTGRES_IMAGES, ...REDIS_IMAGES].join(', ');
  process.stderr.write(
    `No Docker engine answers: ${images} are not tried, the embedded Postgres and an installed Redis are.\n`,
  );
}

// The container that would remove ours is one more image to fetch; they are stopped below.
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';

describe('Purser on the embedded Postgres', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  it(
    'migrates, decides, repeats its answers, and keeps the books in order',
    () => expectConformance(database.url),
    TEST_MS_MAX,
  );
});

for (const image of isThere ? POSTGRES_IMAGES : []) {
  describe(`Purser on ${image} in a container`, () => {
    let container: StartedTestContainer;

    beforeAll(async () => {
      container = await new GenericContainer(image)
        .withEnvironment({ POSTGRES_PASSWORD: 'secret' })
        .withExposedPorts(5432)
        // The image starts a server to initialise the data, stops it, and starts the one that stays.
        .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
        .start();
    }, START_MS_MAX);
    afterAll(() => container.stop(), 60_000);

    it(
      'migrates, decides, repeats its answers, and keeps the books in order',
      () => {
        const address = `${container.getHost()}:${container.getMappedPort(5432)}`;
        return expectConformance(`postgres://postgres:secret@${address}/postgres`);
      },
      TEST_MS_MAX,
    );
  });
}

for (const image of isThere ? REDIS_IMAGES : []) {
  describe(`Purser with its queues on ${image} in a container`, () => {
    let container: StartedTestContainer;
    let database: TestDatabase;

    beforeAll(async () => {
      container = await new GenericContainer(image)
        .withCommand(['redis-server', '--protected-mode', 'no', '--maxmemory-policy', 'noeviction'])
        .withExposedPorts(6379)
        .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
        .start();
      database = await createEmptyDatabase();
    }, START_MS_MAX);
    afterAll(async () => {
      await container.stop();
      await database.drop();
    }, 60_000);

    it(
      'delivers what happens',
      () => {
        const address = `${container.getHost()}:${String(container.getMappedPort(6379))}`;
        return expectDeliveredTogether({ DATABASE_URL: database.url, REDIS_URL: `redis://${address}` });
      },
      TEST_MS_MAX,
    );
  });
}
