/**
 * The 256 emoji of the short authentication string (SPEC 7): single code points that every system
 * draws in colour since Unicode 11, no human faces, no flags, no shades of one thing.
 * Both ends must hold the same list in the same order: it is part of the protocol's version.
 */
export const EMOJI: readonly string[] = `
  🐶 🐱 🐭 🐰 🦊 🐻 🐼 🐨 🐯 🦁 🐮 🐷 🐸 🐵 🐔 🐧
  🐦 🦆 🦅 🦉 🦇 🐺 🐗 🐴 🦄 🐝 🐛 🦋 🐌 🐞 🐜 🦂
  🐢 🐍 🦎 🦖 🦕 🐙 🦑 🦐 🦞 🦀 🐡 🐠 🐬 🐳 🦈 🐊
  🦓 🦍 🐘 🦛 🦏 🐫 🦒 🦘 🐏 🦙 🐐 🦌 🦃 🦚 🦜 🦢
  🦝 🦡 🦔 🌵 🎄 🌲 🌴 🌱 🍀 🍁 🍄 🌾 💐 🌷 🌹 🌻
  🌼 🌙 🌍 ⭐ ⚡ 🔥 🌈 ⛄ 💧 🌊 🍎 🍐 🍊 🍋 🍌 🍉
  🍇 🍓 🍒 🍑 🥭 🍍 🥥 🥝 🍅 🍆 🥑 🥦 🥒 🌽 🥕 🥔
  🥐 🍞 🥨 🧀 🥚 🍳 🥞 🥓 🍗 🍔 🍟 🍕 🌭 🥪 🌮 🥗
  🍝 🍜 🍣 🍙 🍦 🎂 🍩 🍪 🍫 🍬 🍭 🍯 ☕ 🍵 🍹 🥄
  ⚽ 🏀 🏈 ⚾ 🎾 🏐 🎱 🏓 🥊 ⛳ 🎣 🎿 🛷 🎯 🎮 🎲
  🧩 🎨 🎭 🎤 🎧 🎹 🥁 🎷 🎺 🎸 🎻 🎬 🚗 🚌 🚑 🚒
  🚜 🚲 🛵 🚂 🚁 🚀 🛸 ⛵ 🚢 ⚓ 🚧 🚦 🗿 🗽 🏰 🎡
  🎢 🎠 ⛲ 🌋 ⛺ 🏠 🏭 ⌚ 📱 💻 💾 📷 📺 📻 🧭 ⏰
  ⌛ 🔋 🔌 💡 🔦 💰 💎 🔧 🔨 🔩 🧲 🔮 🔭 🔬 💊 🧬
  🚪 🛁 🔑 🧸 🎁 🎈 📦 📚 📌 🔒 🧦 👑 🎩 👓 👟 🧢
  🧤 🧣 👗 👕 🎒 🌂 🏆 🥇 🔔 🎵 🧹 🧺 🧽 🛒 🏹 🍿
`
  .trim()
  .split(/\s+/);
