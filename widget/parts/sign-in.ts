export { SignIn, leave } from '../payer/SignIn.tsx'
