import balance from './balance.json' with { type: 'json' };
import catalog from './catalog.json' with { type: 'json' };
import common from './common.json' with { type: 'json' };
import dashboard from './dashboard.json' with { type: 'json' };
import devMail from './dev_mail.json' with { type: 'json' };
import errors from './errors.json' with { type: 'json' };
import invoices from './invoices.json' with { type: 'json' };
import layout from './layout.json' with { type: 'json' };
import mail from './mail.json' with { type: 'json' };
import members from './members.json' with { type: 'json' };
import orders from './orders.json' with { type: 'json' };
import pdf from './pdf.json' with { type: 'json' };
import profile from './profile.json' with { type: 'json' };
import sandboxBank from './sandbox_bank.json' with { type: 'json' };
import security from './security.json' with { type: 'json' };
import session from './session.json' with { type: 'json' };
import staff from './staff.json' with { type: 'json' };
import support from './support.json' with { type: 'json' };
import terms from './terms.json' with { type: 'json' };

export default {
  balance,
  catalog,
  common,
  dashboard,
  dev_mail: devMail,
  errors,
  invoices,
  layout,
  mail,
  members,
  orders,
  pdf,
  profile,
  sandbox_bank: sandboxBank,
  security,
  session,
  staff,
  support,
  terms,
};
