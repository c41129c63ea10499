import { ofKind } from './entry.js'

/** A client of the server asked for something that it does not get. */
export const REQUEST_ERRORS = ofKind('request', {
  'request-invalid': {
    message: '{where} {reason}',
    remedy: 'Change that part of the request. /openapi.json describes every route.',
  },
  'route-unknown': {
    message: 'there is no {method} {path}',
    remedy: 'Check the address. /openapi.json lists every route.',
  },
  'method-refused': {
    message: '{path} does not take {method}',
    remedy: 'Use one of {allowed}.',
  },
  'media-type': {
    message: 'a body of type {got} is not read here',
    remedy: 'Send {wanted}, without Content-Encoding.',
  },
  'answer-type': {
    message: 'no answer can be given as {got}',
    remedy: 'Accept one of {wanted}.',
  },
  'host-refused': {
    message: 'this server does not answer for the host {got}',
    remedy: 'Use the address that it printed at its start, or name the host with --allow-host.',
  },
  'origin-refused': {
    message: 'a page of {got} may open no WebSocket here',
    remedy: 'Open it from the page of this server, or from a program that sends no Origin.',
  },
  'upgrade-needed': {
    message: 'this address answers to requests for a WebSocket only',
    remedy: 'Connect with a WebSocket client, or read /api/v1/live for server-sent events.',
  },
  'key-needed': {
    message: 'this needs an API key',
    remedy: 'Send it as `Authorization: Bearer KEY`. `telltale api keys create` makes one.',
  },
  'key-refused': {
    message: 'the API key is unknown or was revoked',
    remedy: 'Check it, or make another one with `telltale api keys create`.',
  },
  'role-needed': {
    message: 'this needs the role {wanted}, but the key has the role {got}',
    remedy: 'Use a key with that role. `telltale api keys create --role {wanted}` makes one.',
  },
  'name-unknown': {
    message: 'there is no {what} {name}',
    remedy: 'Did you mean {nearest}? The lists of this server have all names.',
  },
  'request-unreadable': {
    message: 'the request cannot be read: {reason}',
    remedy: 'Send JSON that a parser accepts, and a path that is encoded as a URL.',
  },
  'name-taken': {
    message: 'there is already a {what} {name}',
    remedy: 'Choose another name, or delete that one first.',
  },
  'state-conflict': {
    message: '{what} is {got}, but this needs {wanted}',
    remedy: 'Look at it again, then repeat the request if it still applies.',
  },
  'change-overtaken': {
    message: '{what} has changed since it was read',
    remedy: 'Read it again and repeat the request with its new ETag.',
  },
  'key-reused': {
    message: 'the Idempotency-Key {key} was used for another request',
    remedy: 'Use a new key for each different request.',
  },
  'request-too-large': {
    message: '{what} is {got}, the limit is {wanted}',
    remedy: 'Send less at once. `telltale serve --help` lists the limits.',
  },
  'request-timeout': {
    message: 'the request took longer than {wanted}',
    remedy: 'Send less at once, or repeat the request when the server is less busy.',
  },
  'rate-exceeded': {
    message: 'more than {wanted} requests a second came with one key or from one address',
    remedy: 'Wait as long as Retry-After says, then send requests more slowly.',
  },
  'server-busy': {
    message: 'the server is busy: {reason}',
    remedy: 'Wait as long as Retry-After says, then repeat the request.',
  },
  'server-answered': {
    message: '{url} answered {status}: {detail}',
    remedy: '{remedy}.',
  },
  'port-taken': {
    message: 'port {port} of {host} is already in use',
    remedy: 'Give another port, or 0 for any free one.',
  },
  'server-unreachable': {
    message: '{url} cannot be reached: {reason}',
    remedy: 'Check the address, and that `telltale serve` runs there.',
  },
})
