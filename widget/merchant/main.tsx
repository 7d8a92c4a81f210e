import { render } from 'preact'
import { Console } from './app.tsx'
import { browserOutside } from './outside.ts'
import './styles/base.css'
import './styles/layout.css'
import './styles/lists.css'
import './styles/charts.css'

const place = document.getElementById('console')
if (!place) throw new Error('The page has no element with the id "console".')
render(<Console outside={browserOutside()} />, place)
