import { SANDBOX_SIGNATURE_HEADER, sandboxGateway } from '../../../src/domain/gateways/sandbox.ts';
import { sign } from '../../../src/domain/gateways/signature.ts';
import { bodyOf } from '../../support/webhook.ts';
import { describeGateway } from './gateway-contract.ts';

const SECRET = 'a secret of the sandbox gateway';

describeGateway('sandbox', () => ({
  gateway: sandboxGateway(SECRET),
  send(event, at) {
    const body = bodyOf(event);
    return { headers: { [SANDBOX_SIGNATURE_HEADER]: sign(SECRET, body, at) }, body: Buffer.from(body) };
  },
}));
