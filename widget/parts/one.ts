export { drawPay } from '../pay-button.tsx'
