/** The API's description as it is sent, made when it is first asked for. */
export class ApiDescription {
  private text: string | undefined;

  constructor(private readonly make: () => object) {}

  get json(): string {
    this.text ??= JSON.stringify(this.make());
    return this.text;
  }
}
