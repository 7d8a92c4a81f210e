/**
 * Believable names, each different: the n-th name is the n-th place of a walk that visits every combination once.
 * Letters stay within ISO-8859-1, which is all that QuickBooks takes from United States companies.
 */
const openings = 'Amber,Anchor,Aspen,Beacon,Birchwood,Blue Heron,Bluestone,Bramble,Bridgewater,Cedar,Chapel Hill,Cinder,Clearwater,Cobalt,Copper,Cornerstone,Crescent,Dovetail,Driftwood,Eastgate,Elm Row,Evergreen,Fairview,Fern,Fieldstone,Foxglove,Gable,Garnet,Granite,Greenfield,Hawthorn,Hearthside,Hillcrest,Ironwood,Juniper,Kestrel,Lakeside,Lantern,Larkspur,Linden,Little Portage,Maple,Marigold,Meadow,Mill Pond,North Shore,Old Mill,Orchard,Otter,Park Point,Pebble,Pine,Prairie,Quarry,Redwing,Ridge,Rosewood,Saltbox,Sparrow,Stonebridge,Summit,Thistle,Wild Rice,Willow'.split(',')
const founders = '& Daughters,& Co.,& Sons,Brothers,Collective,Company,Cooperative,East,Family,Group,House,Lane,North,Partners,Place,Row,South,Square,Street,Studio,Trading,West,Works,Yard'.split(',')
const trades = 'Accounting,Antiques,Architects,Art Supply,Bakery,Bicycles,Bookshop,Brewing,Butchers,Café,Catering,Ceramics,Chocolate,Cider,Clinic,Coffee,Dance School,Deli,Dental,Design,Diner,Dry Cleaning,Early Learning,Eyewear,Farms,Fitness,Florists,Foods,Framing,Furniture,Gallery,Garden Center,Guesthouse,Hair,Hardware,Hotel,Ice Cream,Inn,Jewelers,Kitchens,Landscaping,Law Office,Letting,Music School,Nursery,Outfitters,Pharmacy,Pizza,Pottery,Press,Property Care,Realty,Records,Roofing,Sail Loft,Salon,Soap,Tailors,Tea Room,Theater,Toys,Veterinary,Wine Bar,Yoga'.split(',')
const givenNames = 'Aaron,Alice,Amara,Andre,Anita,Astrid,Beatriz,Ben,Carla,Cedric,Chloë,Daniel,Dara,Diego,Edith,Elena,Emil,Esther,Farah,Felix,Grace,Greta,Hamid,Hana,Hugo,Imani,Ines,Ivan,Jack,Jana,Joel,José,June,Karl,Keiko,Laila,Leon,Lucía,Malik,Marta,Mei,Milo,Nadia,Nils,Nora,Omar,Paula,Peter,Priya,Rafael,Renée,Rosa,Ruth,Samir,Sofia,Theo,Tomas,Uma,Vera,Wes,Yusuf,Zoë'.split(',')
const familyNames = 'Abbott,Ahlberg,Anders,Baptiste,Becker,Bergström,Brandt,Carver,Castillo,Chen,Clarke,Dahl,Delgado,Duarte,Eklund,Ellis,Farrell,Fischer,Flores,Garner,Greer,Haddad,Hansen,Hartley,Hayes,Hoffman,Ibarra,Iverson,Jansen,Johansson,Kaplan,Keller,Kim,Koskinen,Larsen,Lindqvist,Lowe,Malone,Martel,Mercer,Moreau,Moss,Nakamura,Ness,Nguyen,Nyberg,Okafor,Olsen,Ortiz,Park,Patel,Perez,Quinn,Ramsey,Reyes,Rossi,Salo,Santos,Schmidt,Shah,Silva,Solberg,Sørensen,Tanaka,Thorne,Tran,Vance,Vega,Virtanen,Walsh,Weber,Whitfield,Yamada,York,Zeller'.split(',')
const streets = 'Alder Street,Arrowhead Road,Beech Lane,Birch Avenue,Bayfront Drive,Canal Street,Cascade Avenue,Chester Park Drive,College Street,Cross Street,Dock Street,East Superior Street,Fern Avenue,First Avenue,Garfield Avenue,Glenwood Street,Grand Avenue,Harbor Drive,Hawk Ridge Road,Jefferson Street,Kenwood Avenue,Lake Avenue,London Road,Maple Grove Road,Mesaba Avenue,Michigan Street,Mill Lane,Observatory Road,Park Place,Piedmont Avenue,Regent Street,Rice Lake Road,River Street,Skyline Parkway,Station Road,Tischer Road,Vermilion Road,Wallace Avenue,Water Street,West Third Street,Woodland Avenue'.split(',')

/** "Blue Heron Bakery", and once those are used up "Blue Heron & Co. Bakery": 100,000 different ones, numbered after that. */
export function businessName(index: number): string {
  const trade = at(trades, index * 27)
  const turn = Math.floor(index / trades.length)
  const opening = at(openings, index * 39 + turn * 5)
  const round = Math.floor(index / (trades.length * openings.length))
  if (round === 0) return `${opening} ${trade}`
  const branch = Math.floor((round - 1) / founders.length)
  return `${opening} ${at(founders, round - 1)} ${trade}${branch === 0 ? '' : ` ${branch + 1}`}`
}

export type PersonName = { given: string; family: string }

/** A person, different for each index up to 4,650, with a middle initial after that. */
export function personName(index: number): PersonName {
  const turn = Math.floor(index / familyNames.length)
  const given = at(givenNames, index * 23 + turn * 8)
  const round = Math.floor(turn / givenNames.length)
  const initial = round === 0 ? '' : ` ${String.fromCharCode(65 + ((round - 1) % 26))}.${round > 26 ? ` ${Math.ceil(round / 26)}` : ''}`
  return { given: given + initial, family: at(familyNames, index) }
}

/** "48 Alder Street", different for each index; the other side of the street has the odd numbers. */
export function streetAddress(index: number, side: 'even' | 'odd' = 'even'): string {
  const street = index % streets.length
  const turn = Math.floor(index / streets.length)
  // 499 is prime, so a street's houses come in no order and none twice.
  const house = ((turn * 73 + street * 29) % 499) + 499 * Math.floor(turn / 499)
  return `${10 + 2 * house + (side === 'odd' ? 1 : 0)} ${at(streets, street * 17)}`
}

/** What stands before and after the @ of an address that can never be delivered: letters, digits and hyphens. */
export function mailName(text: string): string {
  return text.normalize('NFD').toLowerCase().replaceAll('ø', 'o').replaceAll('&', 'and').replaceAll(/[^a-z0-9]/g, '')
}

function at(words: readonly string[], index: number): string {
  const word = words[index % words.length]
  if (word === undefined) throw new RangeError(`no word at ${index}`)
  return word
}
