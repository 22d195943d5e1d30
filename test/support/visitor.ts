import request from 'supertest';
import { Page } from './page.ts';

type Agent = ReturnType<typeof request.agent>;
type Fields = Record<string, string | string[]>;

/** A browser: it keeps cookies, reads pages, and sends forms with the token of the page that they are on. */
export class Visitor {
  readonly agent: Agent;
  #token = '';

  constructor(url: string) {
    this.agent = request.agent(url);
  }

  /** Behind a proxy that ends TLS: it says so, and cookies that are for TLS only come along. */
  static throughProxy(url: string): Visitor {
    const visitor = new Visitor(url);
    void visitor.agent.set('X-Forwarded-Proto', 'https');
    const { jar } = visitor.agent;
    const keep = jar.setCookies.bind(jar);
    jar.setCookies = (cookies: string[], ...rest: []) =>
      keep(
        [cookies].flat().map((cookie) => cookie.replace(/; *Secure/i, '')),
        ...rest,
      );
    return visitor;
  }

  async get(path: string): Promise<Page> {
    const page = new Page(await this.agent.get(path));
    this.#token = page.$('input[name=_csrf]').first().attr('value') ?? this.#token;
    return page;
  }

  /** Sends a form with the token of the last page seen; follows nothing. */
  async post(path: string, fields: Fields = {}): Promise<Page> {
    const body = new URLSearchParams({ _csrf: this.#token });
    for (const [name, value] of Object.entries(fields)) for (const single of [value].flat()) body.append(name, single);
    const page = new Page(await this.agent.post(path).type('form').send(body.toString()));
    this.#token = page.$('input[name=_csrf]').first().attr('value') ?? this.#token;
    return page;
  }

  /** Sends a form and follows the answer to its page. */
  async submit(path: string, fields: Fields = {}): Promise<Page> {
    const answer = await this.post(path, fields);
    if (answer.status !== 303 || !answer.location) throw new Error(`POST ${path} was answered ${answer.status}`);
    const page = await this.get(answer.location);
    // From a gateway one comes back by way of the invoice's page, which then says what happened.
    return page.status === 303 && page.location ? this.get(page.location) : page;
  }

  async upload(path: string, file: Buffer, name = 'rates.xml'): Promise<Page> {
    const answer = await this.agent.post(path).field('_csrf', this.#token).attach('file', file, name);
    return new Page(answer);
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.get('/login');
    const answer = await this.post('/login', { email, password });
    if (answer.status !== 303) throw new Error(`Signing in was answered ${answer.status}`);
    await this.get(answer.location ?? '/');
  }

  /** The value of the header `Cookie`, for tests that send it from elsewhere. */
  cookies(): string {
    const here = { domain: '127.0.0.1', path: '/', secure: false, script: false };
    return this.agent.jar.getCookies(here).toValueString();
  }

  get token() {
    return this.#token;
  }
}
