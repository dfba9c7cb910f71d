/**
 * The 256 words of the short authentication string (SPEC 7): common, easily said, no two alike.
 * Both ends must hold the same list in the same order: it is part of the protocol's version.
 */
export const WORDS: readonly string[] = `
  acorn alphabet anchor apple april arena atlas attic
  autumn badge bamboo barrel beacon beaver bishop blanket
  blossom bonus border branch bread brick bronze bubble
  bucket buffalo button cabin cactus canyon carpet castle
  cedar cement cherry chimney circus citrus cloud clover
  cobalt coffee compass cotton cougar cradle crater crystal
  cymbal daisy dentist desert diamond dinner doctor dolphin
  domino donkey dragon dream duck dynamo early echo
  eclipse elbow elder elephant emerald engine envoy fabric
  falcon family feather fence fiddle finger flute forest
  fossil fountain freight frog galaxy garlic gazelle giant
  giraffe glacier globe goblet golden gorilla granite grape
  guitar hammer harbor hazel helmet hockey horse iceberg
  igloo impact indigo insect island ivory jacket jaguar
  jasmine jelly jewel jigsaw junior kayak kernel kettle
  kidney king kitten koala ladder lagoon lantern lemon
  leopard library lilac lizard lobster lotus lumber lunch
  magnet mango marble meadow mercury meteor mirror morning
  mosaic muffin museum mustard napkin nectar needle nickel
  noodle north novel nurse nutmeg oasis ocean octopus
  olive onion opera orange orbit orchid otter oxygen
  palace panda paper parrot peach pelican pencil pigeon
  pillow pirate planet plum pony popcorn potato pretzel
  puzzle pyramid quartz queen quilt quiver rabbit radio
  rainbow ribbon ruby sandal saturn school seven shadow
  sheriff sister skate sleigh smoke snow soccer sofa
  spider spoon square stadium sugar sunset swan syrup
  tailor talent target temple tennis theater thunder timber
  toast tornado tower tractor trumpet tulip tundra turtle
  twelve umbrella uncle unicorn urban valley vanilla velvet
  vessel village violin visitor volcano voyage waffle walnut
  whale whistle window wolf yogurt zebra zigzag zipper
`
  .trim()
  .split(/\s+/);
