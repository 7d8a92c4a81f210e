// Data goes one way: db ← api ← widget, and e2e looks from outside. Each comment says what to do instead.
const test = '[.](test|spec)[.]tsx?$'
/** What stands in for the server in tests of the pages. */
const fake = '^widget/fake/|^widget/[^/]+/fake/'
const trial = `${test}|${fake}`
const adapter = '^api/(qbo|providers|mail)/'
/** Parts of adapters that reach nobody: the texts of letters, and the reading of what came. */
const pureParts = '^api/mail/templates/|^api/qbo/(webhook|answer)[.]ts$'
const npm = name => `(^|/)node_modules/${name}(/|$)`
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

export default {
  forbidden: [
    rule('no-cycles', 'Move what both need into a module that knows neither.', {}, { circular: true }),
    rule('must-resolve', 'Install it, or mend the path.', {}, { couldNotResolve: true }),
    rule('db-knows-nobody', 'Pass the value in: db/ is the bottom layer.', { path: '^db/' }, { path: '^(api|widget|e2e)/' }),
    rule('domain-is-pure', 'Take it as an argument: the domain knows itself and db/values.ts.',
      { path: '^api/domain/', pathNot: test }, { pathNot: '^api/domain/|^db/values[.]ts$' }),
    rule('ports-are-our-words', 'Say it in types of api/domain: a port names no library and no adapter.',
      { path: '^api/ports[.]ts$' }, { pathNot: '^api/domain/|^db/values[.]ts$' }),
    rule('sql-lives-in-db', 'Add a function to db/queries/ and call it. The tests of the emulated server may take the real client.',
      { pathNot: `^db/|^e2e/emulators/libsql/.*${test}` }, { path: npm('(drizzle-orm|drizzle-kit|@libsql|libsql)') }),
    rule('adapters-are-strangers', 'Let a verb in sync/, payments/ or posting/ join the two.',
      { path: '^api/(qbo|providers|mail)/', pathNot: test }, { path: '^(api|db)/', pathNot: '^api/(domain/|ports[.]ts$)|^api/$1/|^db/values[.]ts$' }),
    rule('providers-are-strangers', 'What two providers share belongs in api/domain or api/ports.ts.',
      { path: '^api/providers/([^/]+)/', pathNot: test }, { path: '^api/providers/[^/]+/', pathNot: '^api/providers/$1/' }),
    rule('only-main-wires', 'Take the port as an argument: api/main.ts supplies it.',
      { path: '^(api|db)/', pathNot: `${adapter}|^api/main[.]ts$|${test}` }, { path: adapter, pathNot: pureParts }),
    rule('intuit-oauth-has-one-home', 'Use the port IntuitOAuth; its one user is api/qbo/oauth.ts.',
      { pathNot: '^api/qbo/oauth[.]ts$' }, { path: npm('intuit-oauth') }),
    rule('stripe-has-one-home', 'Use the port PaymentProvider. An emulator may take the types of its answers, and its tests the real client.',
      { pathNot: `^api/providers/stripe/|^e2e/.*${test}` }, { path: npm('stripe'), dependencyTypesNot: ['type-only'] }),
    rule('resend-has-one-home', 'Use the port Mailer.',
      { pathNot: `^api/mail/|^e2e/.*${test}` }, { path: npm('resend'), dependencyTypesNot: ['type-only'] }),
    rule('vendor-types-stay-outside', 'Our own code speaks the words of api/ports.ts; only an adapter and its emulator speak the vendor’s.',
      { pathNot: '^api/(providers|mail|qbo)/|^e2e/|^widget/pay/' }, { path: npm('(stripe|@stripe|resend)') }),
    rule('stripe-js-stays-on-the-pay-page', 'Load the provider’s browser code in widget/pay/ alone.',
      { pathNot: '^widget/pay/|^e2e/' }, { path: npm('@stripe') }),
    rule('widget-takes-types-and-domain', 'The widget shares api/domain and the types of the api, nothing that runs on the server.',
      { path: '^widget/' }, { path: '^(api|db|e2e)/', pathNot: '^api/domain/', dependencyTypesNot: ['type-only'] }),
    rule('widget-runs-in-browsers', 'Use what browsers have.',
      { path: '^widget/', pathNot: `${trial}|^widget/build/` }, { dependencyTypes: ['core'] }),
    rule('widget-stays-small', 'The widget takes preact and Stripe’s loader. Anything else costs every visitor bytes: ten lines of the platform instead.',
      { path: '^widget/', pathNot: `${trial}|^widget/(build/|landing/server[.]tsx$)` }, { path: '(^|/)node_modules/', pathNot: npm('(preact|@preact|@stripe)'), dependencyTypesNot: ['type-only'] }),
    rule('emulators-are-other-peoples', 'An emulator is somebody else’s system: it knows no code of ours.',
      { path: '^e2e/emulators/', pathNot: test }, { path: '^(api|db|widget)/' }),
    rule('emulators-are-strangers', 'What two emulators share belongs in e2e/emulators/kit/.',
      { path: '^e2e/emulators/([^/]+)/' }, { path: '^e2e/emulators/', pathNot: '^e2e/emulators/($1|kit)/' }),
    rule('nothing-imports-e2e', 'Move it into the layer that needs it: e2e looks from outside.',
      { path: '^(api|db|widget)/', pathNot: test }, { path: '^e2e/' }),
    rule('nothing-imports-tests', 'Move the shared part out of the test.', {}, { path: test }),
    rule('fakes-are-for-tests', 'The pages talk to the API; a fake stands in for it in tests alone.',
      { path: '^(api|db|widget)/', pathNot: trial }, { path: fake }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^widget/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type-only imports count too, and are told apart.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
}
