export { ManyRows, Pages } from '../payer/ManyRows.tsx'
