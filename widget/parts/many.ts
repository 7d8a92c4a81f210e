export { ManyRows, Pages } from '../payer/ManyRows.tsx'
export { Search } from '../payer/Search.tsx'
