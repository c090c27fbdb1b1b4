import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { createEmptyDatabase, type TestDatabase } from '../support/test-database.ts';
import { expectConformance } from './expect-conformance.ts';
import { isDockerThere } from './is-docker-there.ts';

/** The oldest that Purser runs on, and the one that docker-compose.yml has. */
const IMAGES = ['postgres:15', 'postgres:18'];
/** An image may have to be fetched first. */
const START_MS_MAX = 240_000;
/** It starts three processes, and builds them first. */
const TEST_MS_MAX = 120_000;

const images = (await isDockerThere()) ? IMAGES : [];
if (images.length === 0) {
  process.stderr.write(`No Docker engine answers: ${IMAGES.join(' and ')} are not tried, the embedded Postgres is.\n`);
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

for (const image of images) {
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
