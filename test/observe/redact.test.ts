import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from '../../src/observe/index.js'
import { isSecretName } from '../../src/observe/redact.js'
import { leastTime } from '../least-time.js'

const KEY = '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc/+=\n-----END RSA PRIVATE KEY-----'

describe('redact, in texts', () => {
  it.each([
    ['password=hunter2', 'password=***'],
    ['PASSWORD: hunter2', 'PASSWORD: ***'],
    ['login failed (password = hunter2), retry', 'login failed (password = ***), retry'],
    ['DB_PASSWORD=p@ss,w;rd next', 'DB_PASSWORD=*** next'],
    ['passwd=x and passphrase="four words in quotes" stay', 'passwd=*** and passphrase="***" stay'],
    ["secret='it is \\' quoted' rest", "secret='***' rest"],
    ['{"password": "two words", "user": "jane"}', '{"password": "***", "user": "jane"}'],
    ['{"apiKey":"a\\"b c","n":1}', '{"apiKey":"***","n":1}'],
    ['body: "{\\"token\\": \\"a b\\", \\"n\\": 1}"', 'body: "{\\"token\\": \\"***\\", \\"n\\": 1}"'],
    ['password="never closed and long', 'password="***'],
    ['api_key=abc api-key: def API KEY = ghi', 'api_key=*** api-key: *** API KEY = ***'],
    ['X-Api-Key: abc', 'X-Api-Key: ***'],
    ['AWS_SECRET_ACCESS_KEY=wJalr/K7MDENG+bPx', 'AWS_SECRET_ACCESS_KEY=***'],
    ['client_secret=s3 access_token=t4', 'client_secret=*** access_token=***'],
    ['Authorization: Bearer abc.def-123', 'Authorization: ***'],
    ['authorization: Basic dXNlcjpwYXNz\nHost: h', 'authorization: ***\nHost: h'],
    ['Authorization: Digest username="jane", response="0a1b"\nHost: h', 'Authorization: ***\nHost: h'],
    ['curl -H "Authorization: Bearer abc"', 'curl -H "Authorization: ***"'],
    ['sent Bearer eyJhbGci.eyJzdWIi.sig-9 to it', 'sent Bearer *** to it'],
    [
      'connect postgres://jane:pa55@db.example.com:5432/plant',
      'connect postgres://***@db.example.com:5432/plant',
    ],
    [
      'mqtt://:p@ss@broker, then https://tok123@git.example.com/x',
      'mqtt://***@broker, then https://***@git.example.com/x',
    ],
    [
      'GET https://h.example/p?page=2&access_token=abc&n=3#top',
      'GET https://h.example/p?page=2&access_token=***&n=3#top',
    ],
    ['/cb?sig=abc&X-Amz-Signature=def&key=ghi', '/cb?sig=***&X-Amz-Signature=***&key=***'],
    ['run --token abc --api-key "d e" --verbose', 'run --token *** --api-key *** --verbose'],
    [`key ${KEY} end`, 'key *** end'],
    ['-----BEGIN PRIVATE KEY-----\ncut off', '***'],
    ['DefaultEndpointsProtocol=https;AccountKey=aGk+/w==', 'DefaultEndpointsProtocol=https;AccountKey=***'],
    ['session_id=8f1c, sessionToken: "a b"', 'session_id=***, sessionToken: "***"'],
    ['oauth: ya29.a0Af', 'oauth: ***'],
    ['cb?next=%2Fp&state=password%3Dhunter2%26n', 'cb?next=%2Fp&state=password%3D***'],
    ['sent bearer abc123.def to it', 'sent bearer *** to it'],
    ['password="two\nlines" stay', 'password="***" stay'],
    ['ssh-rsa AAAAB3NzaC1yc2E+/= jane@host', 'ssh-rsa *** jane@host'],
    ['ecdsa-sha2-nistp256 AAAAE2VjZHNh', 'ecdsa-sha2-nistp256 ***'],
    ['/home/jane/data/a.csv and /Users/jane.doe/b', '~/data/a.csv and ~/b'],
    ['C:\\Users\\Jane Doe\\data and c:/users/jane', '~\\data and ~'],
    ['"C:\\\\Users\\\\jane\\\\x"', '"~\\\\x"'],
    ['/root/.ssh/config, /root', '~/.ssh/config, ~'],
    ['file:///home/jane/x (/home/jane)', 'file://~/x (~)'],
  ])('masks %j', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    'token count 5',
    'the token was refused',
    'auth failed',
    'authentication failed for user jane',
    'Bearer authentication failed',
    'password is wrong; reset your password.',
    'a secret garden',
    'https://example.com/a/very/long/path/to/some/page.html?page=2&sort=asc&columns=a,b,c#section-4',
    'http://localhost:8080/scores/2024/01/01/plant-7/window-30',
    'see https://example.com/home/jane and https://example.com/root/x',
    'mail jane@example.com about it',
    '/var/lib/telltale/models/pump/weights.safetensors',
    'D:\\data\\2024\\plant\\a.csv',
    'homes: /homes/x ../home/x a/root/b /rooted',
    'ssh-keygen made it; the key is in place',
    'window=30 batch-size: 32 keyboard=de monkey: 1',
    'tokenizer: wordpiece',
    'value == null ? 1 : 2',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    '',
  ])('leaves %j alone', text => {
    expect(redact(text)).toBe(text)
  })

  it('changes nothing more when it is applied again', () => {
    for (const text of [
      'password=a',
      'a?token=b&c=d',
      'Authorization: Bearer abc1234567',
      KEY,
      '"secret": "x y"',
      '/home/jane/x',
    ]) {
      expect(redact(redact(text))).toBe(redact(text))
    }
  })

  it('never lets a secret through in the forms that it knows', () => {
    const name = fc.constantFrom(
      'password',
      'PASSWD',
      'secret',
      'Token',
      'api-key',
      'apiKey',
      'API_KEY',
      'client_secret',
      'authorization',
      'DB_PASSWORD',
    )
    const word = fc.stringMatching(/^[!#-&*-:<=?-Z^_a-|~]{6,30}$/).map(text => `s${text}9`)
    const phrase = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join(' '))
    const urlSafe = fc.stringMatching(/^[\w.~%-]{6,30}$/)
    const form = fc.oneof(
      fc.tuple(name, word).map(([n, s]) => [`${n}=${s}`, s]),
      fc.tuple(name, word).map(([n, s]) => [`${n}: ${s}`, s]),
      fc.tuple(name, phrase).map(([n, s]) => [`${n}="${s}"`, s]),
      fc.tuple(name, phrase).map(([n, s]) => [`${n}: '${s}'`, s]),
      fc
        .tuple(name, fc.string({ minLength: 6 }))
        .map(([n, s]) => [JSON.stringify({ a: 1, [n]: s, z: 2 }), JSON.stringify(s).slice(1, -1)]),
      fc.tuple(name, phrase).map(([n, s]) => [JSON.stringify({ body: JSON.stringify({ [n]: s }) }), s]),
      fc
        .tuple(fc.constantFrom('Bearer', 'Basic', 'Token'), urlSafe)
        .map(([n, s]) => [`Authorization: ${n} ${s}`, s]),
      urlSafe.map(s => [`amqps://user:${s}@host.example/v`, s]),
      fc
        .tuple(fc.constantFrom('token', 'access_token', 'api_key', 'sig', 'password'), urlSafe)
        .map(([n, s]) => [`https://h.example/p?a=1&${n}=${s}&b=2`, s]),
      urlSafe.map(s => [`-----BEGIN OPENSSH PRIVATE KEY-----\n${s}\n-----END OPENSSH PRIVATE KEY-----`, s]),
      fc.stringMatching(/^[\w+/]{20,60}$/).map(s => [`ssh-ed25519 AAAA${s} jane`, s]),
    )
    const plain = fc.constantFrom('', 'it failed: ', 'line one\nline two ', '[plant 7] ', '"x", ')
    fc.assert(
      fc.property(form, plain, plain, ([text, secret], before, after) => {
        for (const value of [`${before}${text}${after && ` ${after}`}`, { list: [text] }, new Error(text)]) {
          const shown = JSON.stringify(redact(value))
          expect(shown).not.toContain(secret)
          expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1))
        }
        expect(redact(`${before}${text}`)).toContain(before)
      }),
      { numRuns: 1000, seed: 7 },
    )
  })

  it.each([
    ['letters', 'a'],
    ['dashes', '-'],
    ['backslashes', '\\'],
    ['quotes', '"'],
    ['ampersands', '&a'],
    ['slashes', '/'],
    ['scheme marks', '://'],
    ['addresses', 'x@'],
    ['names without values', 'token '],
    ['open values', 'token="'],
    ['escaped quotes', 'password:\\"'],
    ['masked values', 'token=*** '],
    ['key headers', '-----BEGIN PRIVATE KEY----- '],
    ['half headers', '-----BEGIN A'],
    ['bearers', 'Bearer '],
    ['homes', '/home/'],
    ['drives', 'C:\\Users\\'],
    ['ssh', 'ssh-'],
    ['flags', '--token-'],
    ['punctuation', 'token=,'],
    ['spaces', ' '],
  ])('takes linear time on a megabyte of %s', async (_, piece) => {
    const text = (size: number) => piece.repeat(Math.ceil(size / piece.length))
    const time = (size: number) => {
      const begin = performance.now()
      redact(text(size))
      return performance.now() - begin
    }
    time(100_000)
    // Quadratic work would take minutes at this size.
    expect(await leastTime(3000, () => time(1_000_000))).toBeLessThan(3000)
  })
})

describe('redact, in structures', () => {
  it('masks whole fields whose name is secret, at any depth and of any type', () => {
    expect(
      redact({
        password: 5,
        user: 'jane',
        nested: { list: [{ apiKey: ['a', 'b'] }], 'X-Auth-Token': null, secret: { a: 1 } },
        url: 'https://a:b@host/',
      }),
    ).toEqual({
      password: '***',
      user: 'jane',
      nested: { list: [{ apiKey: '***' }], 'X-Auth-Token': '***', secret: '***' },
      url: 'https://***@host/',
    })
  })

  it.each([
    'password',
    'dbPassword',
    'DB_PASSWORD',
    'PGPASSWORD',
    'passwordHash',
    'clientSecret',
    'secretKey',
    'accessToken',
    'access-token',
    'apikey',
    'x-api-key',
    'APIKey',
    'Authorization',
    'credentials',
    'privateKey',
    'Set-Cookie',
  ])('takes %s for a secret name', name => {
    expect(isSecretName(name)).toBe(true)
  })

  it.each([
    'tokenCount',
    'tokenizer',
    'key',
    'keyboard',
    'secretary',
    'author',
    'passed',
    'monkey',
    'channels',
    '',
  ])('does not take %j for a secret name', name => {
    expect(isSecretName(name)).toBe(false)
  })

  it('masks errors, their stacks, fields and causes', () => {
    const cause = Object.assign(new Error('token=abc123'), {
      code: 'EACCES',
      path: '/home/jane/x',
      password: 'p',
    })
    const error = new TypeError('password: hunter2', { cause })
    const result = redact(error) as Record<string, unknown>
    expect(result).toMatchObject({
      type: 'TypeError',
      message: 'password: ***',
      cause: { message: 'token=***', code: 'EACCES', path: '~/x', password: '***' },
    })
    expect(result.stack).toMatch(/^TypeError: password: \*\*\*\n/)
    expect(JSON.stringify(result)).not.toMatch(/hunter2|abc123|jane/)
    const many = redact(new AggregateError([new Error('secret=s1')])) as { errors: { message: string }[] }
    expect(many.errors[0].message).toBe('secret=***')
  })

  it('does not change its input', () => {
    const input = Object.freeze({
      password: 'x',
      deep: Object.freeze({ text: 'token=a' }),
      list: Object.freeze(['secret=b']),
    })
    redact(input)
    expect(input).toEqual({ password: 'x', deep: { text: 'token=a' }, list: ['secret=b'] })
  })

  it('stands cycles, depth, getters that throw, and huge structures', () => {
    const cycle: Record<string, unknown> = { name: 'a' }
    cycle.self = cycle
    expect(redact(cycle)).toEqual({ name: 'a', self: '[Circular]' })
    const shared = { x: 1 }
    expect(redact([shared, shared])).toEqual([{ x: 1 }, { x: 1 }])

    let deep: unknown = 'password=x'
    for (let i = 0; i < 10_000; i++) deep = { deep }
    expect(JSON.stringify(redact(deep))).toContain('[Deep]')

    const broken = {
      get bad(): string {
        throw new Error('no')
      },
      good: 1,
    }
    expect(redact(broken)).toEqual({ bad: '[Unreadable]', good: 1 })

    const wide = redact(Array.from({ length: 100_000 }, () => 'x')) as unknown[]
    expect(wide.length).toBeLessThan(25_000)
    expect(wide.at(-1)).toBe('[Truncated]')
    let lattice: unknown = 'x'
    for (let i = 0; i < 7; i++) lattice = Array(40).fill(lattice)
    expect(JSON.stringify(redact(lattice)).length).toBeLessThan(1_000_000)
  })

  it('keeps plain values, and turns what JSON cannot hold into text', () => {
    const when = new Date(0)
    expect(redact([1, true, null, undefined, when])).toEqual([
      1,
      true,
      null,
      undefined,
      '1970-01-01T00:00:00.000Z',
    ])
    expect(redact({ big: 10n, bytes: new Float32Array(3), f: Math.max, set: new Set(['token=a']) })).toEqual({
      big: '10',
      bytes: '[12 bytes]',
      f: '[Function max]',
      set: ['token=***'],
    })
    expect(
      redact(
        new Map<string, unknown>([
          ['password', 'x'],
          ['url', new URL('http://a:b@h/')],
        ]),
      ),
    ).toEqual({
      password: '***',
      url: 'http://***@h/',
    })
  })
})
