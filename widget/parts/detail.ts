export { Opened } from '../payer/Detail.tsx'
