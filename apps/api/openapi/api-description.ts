import { StaticContent } from '../content/static-content.ts';

/** The API's description. */
export class ApiDescription extends StaticContent {
  constructor(make: () => object) {
    super({
      mediaType: 'application/json; charset=utf-8',
      maxAgeSeconds: 60,
      make: () => JSON.stringify(make()),
    });
  }
}
